"""CSV and TSV: what is found out, and what happens to bad rows."""
import json
import os

from harness import COLUMNS, STATUS


def classify(h, name, data, *options, delimiter=",", code=0):
    h.case(name)
    h.write("in.csv", data)
    r = h.run("classify", "in.csv", *options)
    h.exit(r, code)
    return r


def cells_of(rows, *names):
    return [[row.get(name) for name in names] for row in rows]


def group_detect(h):
    for mark, name in ((",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "bar"),
                       ("\u061b", "Arabic semicolon")):
        h.case("delimiter " + name)
        h.write("d.csv", mark.join(("id", "text", "n")) + "\n"
                + "".join(mark.join((str(i), "good thing", "5")) + "\n" for i in range(5)))
        r = h.run("classify", "d.csv")
        h.exit(r, 0)
        h.says(r, "delimiter " + ("tab" if mark == "\t" else '"%s"' % mark), "--delimiter")
        lines = r.out.decode().splitlines()
        h.equal(lines[0].split(mark)[:4], ["id", "text", "n", "nz_status"], "header")
        h.equal(len(lines), 6)

    h.case("text columns are found by their names in three languages")
    for header in ("Text", "comment", "Review_Body", "\u0646\u0638\u0631",
                   "\u0645\u062a\u0646", "\u062a\u0639\u0644\u064a\u0642",
                   "\u0627\u0644\u0646\u0635", "\u062a\u0639\u0644\u06cc\u0642"):
        h.write("t.csv", "id,%s,x\n1,good,\n2,bad,\n" % header)
        r = h.run("classify", "t.csv")
        h.exit(r, 0)
        h.says(r, "\"%s\"" % header, "--text-column")

    r = classify(h, "no known column: the columns are listed", "foo,bar\nx,1\ny,2\n", code=5)
    h.says(r, "--text-column", '1 "foo"', '2 "bar"')
    h.equal(r.out, b"")
    r = classify(h, "a column that is not there", "id,text\n1,good\n", "-t", "nope", code=5)
    h.says(r, "nope", '2 "text"')
    r = classify(h, "no header: columns by number, no text in the message",
                 "1,canary words here,5\n2,other canary,4\n", code=5)
    h.says(r, "1 to 3", "--text-column")
    h.check("canary" not in r.err, "comment text in a message:", r.err)
    r = classify(h, "by number", "1,good words,5\n2,bad words,4\n", "-t", "2")
    h.equal(len(r.rows()), 2, "rows")
    h.equal([row["column_2"] for row in r.rows()], ["good words", "bad words"])
    r = classify(h, "--no-header takes the first row as data", "text,n\ngood,1\n", "--no-header",
                 "-t", "1")
    h.equal(len(r.rows()), 2)
    r = classify(h, "one column without a header",
                 "this thing broke after a day\nvery nice and quick delivery, thanks\n")
    h.equal(len(r.table()), 3)
    r = classify(h, "several text columns are joined",
                 "title,body,n\ngood,,1\n,bad,2\na,b,3\n", "-t", "title", "-t", "body")
    h.equal([row["nz_status"] in STATUS - {"error"} for row in r.rows()], [True] * 3)
    r = classify(h, "several text columns in one option", "title,body,n\ngood,x,1\n", "-t",
                 "title,body")
    h.says(r, '"title" and column "body"')
    r = classify(h, "sep= line", "sep=;\r\nid;text\r\n1;good\r\n2;bad, not good\r\n")
    h.says(r, 'delimiter ";"')
    h.equal(len(r.rows(";")), 2)
    h.equal(r.out.decode().splitlines()[0].split(";")[0], "id")

    h.case("content decides where the name does not")
    r = h.run("classify", "-", stdin='{"text":"good"}\n')
    h.says(r, "read as jsonl")
    r = h.run("classify", "-", stdin="id,text\n1,good\n2,bad\n")
    h.says(r, "read as csv")
    r = h.run("classify", "-", stdin="id\ttext\n1\tgood\n2\tbad\n")
    h.says(r, "read as tsv")
    r = h.run("classify", "-", stdin="hello, it is good\nbad, very bad\n")
    h.says(r, "read as lines")
    h.equal(len(r.lines()), 2)
    r = h.run("classify", "-", "--input-format", "csv", "--no-header", "-t", "1",
              stdin="hello, it is good\nbad, very bad\n")
    h.says(r, "read as csv")

    h.case("several inputs need equal headers")
    h.write("one.csv", "id,text\n1,good\n")
    h.write("two.csv", "id,text\n2,bad\n3,fine\n")
    h.write("three.csv", "text,id\nx,4\n")
    r = h.run("classify", "one.csv", "two.csv")
    h.exit(r, 0)
    h.equal([row["id"] for row in r.rows()], ["1", "2", "3"])
    r = h.run("classify", "one.csv", "three.csv", "-o", "out.csv")
    h.exit(r, 5)
    h.says(r, "three.csv")
    h.check(not os.path.exists(h.path("out.csv")), "an output was made")


def group_csv(h):
    r = classify(h, "columns", "id,text\n1,good\n2,bad\n")
    table = r.table()
    h.equal(table[0], ["id", "text"] + COLUMNS)
    h.equal([row[:2] for row in table[1:]], [["1", "good"], ["2", "bad"]])
    for row in r.rows():
        h.check(row["nz_status"] in STATUS, row)
        for name in ("nz_category_p", "nz_sentiment_p", "nz_type_p"):
            h.check(len(row[name].split(".")[1]) == 4 and 0 <= float(row[name]) <= 1, row[name])
        h.check(row["nz_question"] in ("true", "false"), row["nz_question"])
        h.check(row["nz_needs_review"] in ("true", "false"), row["nz_needs_review"])
        h.check(-1 <= float(row["nz_score"]) <= 1 and 0 <= int(row["nz_priority"]) <= 100, row)
        h.equal(row["nz_error"], "")

    data = ('id,text\r\n1,"two\r\nlines"\r\n2,"she said ""hi"""\r\n3,a lone " quote\r\n'
            '4," spaces "\r\n5,last')
    r = classify(h, "quotes, line ends, CR LF", data)
    h.equal(cells_of(r.rows(), "id", "text"),
            [["1", "two\r\nlines"], ["2", 'she said "hi"'], ["3", 'a lone " quote'],
             ["4", " spaces "], ["5", "last"]])
    h.check(r.out.endswith(b"\r\n") and b'1,"two\r\nlines",' in r.out, "bytes changed")
    r = classify(h, "CR alone ends rows", "id,text\r1,good\r2,bad\r")
    h.equal(cells_of(r.rows(), "id"), [["1"], ["2"]])
    r = classify(h, "duplicate headers stay", "text,a,a\ngood,1,2\n")
    h.equal(r.table()[0][:3], ["text", "a", "a"])
    h.equal(r.table()[1][:3], ["good", "1", "2"])
    r = classify(h, "duplicate headers get numbers in JSON", "text,a,a\ngood,1,2\n", "-f", "jsonl")
    h.equal({k: v for k, v in r.lines()[0].items() if k != "nazar"},
            {"text": "good", "a": "1", "a_2": "2"})

    r = classify(h, "ragged rows are rows", "id,text,n\n1,good\n2\n3,bad,5,x,y\n4,fine,1\n", code=3)
    h.equal([row[0] for row in r.table()[1:]], ["1", "2", "3", "4"])
    h.equal([dict(zip(r.table()[0], row))["nz_status"] == "error" for row in r.table()[1:]],
            [False, True, False, False])
    h.equal(r.table()[3][:3] + r.table()[3][-2:], ["3", "bad", "5", "x", "y"])
    h.says(r, "in.csv:3:")
    r = classify(h, "blank lines stay", "id,text\n1,good\n\n2,bad\n")
    h.equal([row[0] if row else None for row in r.table()[1:]], ["1", None, "2"])
    r = classify(h, "one column: a blank line is an empty comment", "text\ngood\n\nbad\n")
    h.equal([row["nz_status"] for row in r.rows()][1], "empty")
    h.equal(len(r.table()), 4)

    h.case("an unclosed quote names its line and eats nothing")
    rows = "".join("%d,fine %d\n" % (i, i) for i in range(3, 200))
    for stray in ('2,"never closed\n', '2,"open, and\n3,"shut"\n', '2,x "y"\n', '2,"a"b\n'):
        r = classify(h, "stray quote " + repr(stray), "id,text\n1,good\n" + stray + rows,
                     code=3 if stray.count('"') in (1, 3) else 0)
        ids = [row[0] for row in r.table()[1:]]
        h.equal(ids, [line.split(",")[0] for line in ("1,good\n" + stray + rows).splitlines()],
                "ids")
        if r.code == 3:
            h.says(r, "in.csv:3: a quote opens here")
            h.equal([row["id"] for row in r.rows() if row["nz_status"] == "error"], ["2"])
    r = classify(h, "an unclosed quote in a big file",
                 'id,text\n1,"open\n' + "".join("%d,some words here\n" % i
                                                for i in range(2, 600000)), "-q", code=3)
    h.equal(r.out.count(b"\n"), 600000, "lines")
    r = classify(h, "every row an unclosed quote: time stays linear",
                 'id,text\n' + '1,"""\n2,"x\n' * 40000, "-q", code=3)
    h.check(r.out.count(b"\n") >= 80000, "rows lost", r.out.count(b"\n"))

    r = classify(h, "a field over the limit costs its own row",
                 "id,text\n1,good\n2," + "x" * 1200000 + "\n3,bad\n", code=3)
    h.equal(cells_of(r.rows(), "id", "nz_status")[1], ["2", "error"])
    h.equal(len(r.rows()), 3)
    h.equal(len(r.rows()[1]["text"]), 1200000, "the cell is kept")
    r = classify(h, "a row over eight megabytes is cut",
                 "id,text\n1,good\n2,\"" + "y" * 9000000 + "\"\n3,bad\n", code=3)
    h.equal([row["id"] for row in r.rows()], ["1", "2", "3"])
    h.says(r, "in.csv:3:")
    r = classify(h, "NUL bytes", b"id,text\n1,go\0od\n\0,bad\n")
    h.equal(r.out.split(b"\n")[1].split(b",")[:2], [b"1", b"go\0od"])
    r = classify(h, "broken UTF-8 stays as it was", b"id,text\n1,good \xff\xc3 bad\n")
    h.check(b"1,good \xff\xc3 bad," in r.out, r.out)
    r = classify(h, "broken UTF-8 is repaired in JSON", b"id,text\n1,good \xff\xc3 bad\n", "-f",
                 "jsonl")
    h.equal(r.lines()[0]["text"], "good \ufffd\ufffd bad")

    for name, data in (("empty file", ""), ("only line ends", "\n\n\n"), ("only a mark", "\ufeff")):
        r = classify(h, name, data, code=5)
        h.equal(r.out, b"")
    r = classify(h, "a header and no rows", "id,text\n")
    h.equal(len(r.table()), 1)
    h.case("a folder, and a file that is not there")
    os.mkdir(h.path("folder"))
    h.exit(h.run("classify", "folder"), 5)
    r = h.run("classify", "missing.csv")
    h.exit(r, 5)
    h.says(r, "missing.csv")

    r = classify(h, "answers of an earlier run are replaced",
                 "id,nz_type,text,nz_status\n1,old,good,old\n")
    h.equal(r.table()[0], ["id", "text"] + COLUMNS)
    h.says(r, "replaced")
    again = h.write("again.csv", r.out)
    r2 = h.run("classify", again, "-q")
    h.equal(r2.out, r.out, "the second run differs")

    h.case("TSV with backslashes and with quotes")
    h.write("a.tsv", "id\ttext\n1\tgood\\nthing \"quoted\n2\ta\\\\b\n")
    r = h.run("classify", "a.tsv", "-f", "jsonl", "-q")
    h.equal([line["text"] for line in r.lines()], ['good\nthing "quoted', "a\\b"])
    h.write("b.tsv", 'id\ttext\n1\t"two\nlines"\n2\t"a ""b"" c"\n')
    r = h.run("classify", "b.tsv", "-f", "jsonl", "-q")
    h.equal([line["text"] for line in r.lines()], ["two\nlines", 'a "b" c'])
    h.write("c.csv", 'id,text\n1,"tab\there, line\nend, back\\slash"\n')
    r = h.run("classify", "c.csv", "-f", "tsv", "-q")
    h.equal(r.out.decode().splitlines()[1].split("\t")[1], "tab\\there, line\\nend, back\\\\slash")

    h.case("threads give the same bytes")
    h.write("many.csv", "id,text\n" + "".join(
        '%d,"%s word%d\nend"\n' % (i, "good" if i % 3 else "bad", i * 7 % 1000)
        for i in range(20000)))
    one = h.run("classify", "many.csv", "-q", "-j", "1")
    h.exit(one, 0)
    for jobs in ("2", "3", "7"):
        h.equal(h.run("classify", "many.csv", "-q", "-j", jobs).out == one.out, True, "-j " + jobs)
    h.equal([row["id"] for row in one.rows()], [str(i) for i in range(20000)])

    spectrum = os.path.join(h.shared, "hostile", "csv-spectrum")
    if not os.path.isdir(spectrum):
        h.skip("csv-spectrum is not there")
        return
    for name in sorted(os.listdir(os.path.join(spectrum, "csvs"))):
        h.case("csv-spectrum " + name)
        wanted = json.load(open(os.path.join(spectrum, "json", name[:-4] + ".json"),
                                encoding="utf-8"))
        data = open(os.path.join(spectrum, "csvs", name), "rb").read()
        if name.endswith("_crlf.csv") and b"\r" not in data:
            data = data.replace(b"\n", b"\r\n")  # the published files have lost them
        h.write("spectrum.csv", data)
        r = h.run("classify", "spectrum.csv", "-t", "1", "-f", "jsonl", "-q")
        h.exit(r, 0)
        got = [{k: v for k, v in line.items() if k != "nazar"} for line in r.lines()]
        h.equal(got, wanted)
