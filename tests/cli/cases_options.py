"""Options of classify: labels, confidence, ratings, channels, masks, safe cells, the view."""
import unicodedata


def group_options(h):
    h.write("a.csv", "id,text,stars,via\n1,good app,5,ticket\n2,bad app,\u06f1,NPS-survey\n"
            "3,it is an app,\u0662/5,pigeon\n4,fine,9 stars,\n5,fine,\u0664\u066b\u0665,ticket\n")
    plain = h.run("classify", "a.csv", "-q").rows()

    h.case("--labels names labels, in tables and in JSON")
    for language in ("fa", "ar", "en"):
        rows = h.run("classify", "a.csv", "-q", "--labels", language).rows()
        h.equal(len(rows), 5)
        lines = h.run("classify", "a.csv", "-q", "--labels", language, "-f", "jsonl").lines()
        h.equal([line["nazar"]["sentiment"]["label"] for line in lines],
                [row["nz_sentiment"] for row in rows])
    h.equal(h.run("classify", "a.csv", "-q", "--labels", "id").rows(), plain)
    rows = h.run("classify", "a.csv", "-q", "--labels", "fa").rows()
    h.check(any(unicodedata.bidirectional(c) == "AL" for c in rows[0]["nz_sentiment"]),
            "no Persian name", rows[0]["nz_sentiment"])

    h.case("--min-confidence decides what needs review")
    def review(p):
        return [row["nz_needs_review"] for row in
                h.run("classify", "a.csv", "-q", "--min-confidence", p).rows()]
    h.equal(review("1"), ["true"] * 5)
    h.equal(review("0.000001"), ["false"] * 5)

    h.case("ratings in three scripts; what is none is counted; the scale is said")
    r = h.run("classify", "a.csv", "--rating-column", "stars")
    h.exit(r, 0)
    h.says(r, "out of 5", "--rating-max", "1 ratings that are none")
    r = h.run("classify", "a.csv", "--rating-column", "stars", "--rating-max", "10")
    h.check("out of" not in r.err, "a guess although the scale is given")
    h.write("r.jsonl", '{"text":"app","rating":7,"rating_max":10}\n{"text":"app","rating":1}\n')
    r = h.run("classify", "r.jsonl", "--rating-column", "rating")
    h.exit(r, 0)
    h.says(r, "1 ratings that are none")
    h.exit(h.run("classify", "a.csv", "--rating-column", "nope"), 5)

    h.case("channels in any case; unknown ones are counted")
    r = h.run("classify", "a.csv", "--channel-column", "via")
    h.exit(r, 0)
    h.says(r, "1 unknown channels")
    h.exit(h.run("classify", "a.csv", "--channel", "Ticket", "-q"), 0)
    r = h.run("classify", "a.csv", "--channel", "pigeon")
    h.exit(r, 2)
    h.says(r, "ticket")

    h.case("--redact masks the text in every format, and only there")
    h.write("p.csv", "id,text,tel\n1,call 09123456789 now,09123456789\n")
    h.write("p.jsonl", '{"text":"call 09123456789 now","tel":"09123456789"}\n')
    h.write("p.txt", "call 09123456789 now\n")
    h.write("p2.csv", "a,b,n\ncall 09123456789,or 09351234567,1\n,x,2\n")
    for name, options in (("p.csv", []), ("p.csv", ["-f", "jsonl"]), ("p.jsonl", []),
                          ("p.jsonl", ["-f", "csv"]), ("p.txt", []), ("p.csv", ["-f", "tsv"]),
                          ("p.csv", ["-f", "table"]), ("p2.csv", ["-t", "a,b"])):
        shown = h.run("classify", name, "-q", *options)
        h.exit(shown, 0)
        h.check(b"call 09123456789" in shown.out, name, options, "nothing to mask")
        r = h.run("classify", name, "-q", "--redact", *options)
        h.exit(r, 0)
        h.check(b"call 09123456789" not in r.out and b"09351234567" not in r.out, name, options,
                r.out[:300])
        h.check(b"call " in r.out, name, options, "more than the number is gone")
        h.check(name not in ("p.csv", "p.jsonl") or options == ["-f", "table"]
                or b"09123456789" in r.out, name, "another column was masked")
    r = h.run("classify", "-", "-q", "--redact", "--input-format", "jsonl",
              stdin='{"text":"x"}\nno json 09123456789\n')
    h.exit(r, 3)
    h.check(b"09123456789" not in r.out, "a line that is no JSON shows the number")

    h.case("--spreadsheet-safe: no cell begins like a formula")
    evil = ["=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0", "\r=1",
            "\n=1", "-5"]
    cells = "".join('"%s","%s"\n' % (e.replace('"', '""'), e) for e in evil)
    h.write("evil.csv", "text,=header\n" + cells)
    for options in ([], ["-f", "tsv"]):
        r = h.run("classify", "evil.csv", "-q", "-t", "text", "--spreadsheet-safe", *options)
        h.exit(r, 0)
        table = r.table("\t" if options else ",")
        h.equal(len(table), len(evil) + 1)
        for row in table:
            for cell in row:
                h.check(cell[:1] not in tuple("=+-@\t\r\n") or cell == "", repr(cell))
        float(table[1][8])
    h.equal(h.run("classify", "evil.csv", "-q", "-t", "text").rows()[0]["text"], "=1+1",
            "cells change without the option")

    h.case("--format table: for people, one line a row, isolated, aligned")
    h.write("v.csv", "id,text\n1,good\n2,\u0639\u0627\u0644\u064a \u062c\u062f\u0627\n3,"
            + "long " * 60 + "\n4,\"two\nlines \x1b[31m\"\n")
    r = h.run("classify", "v.csv", "-q", "-f", "table", env={"COLUMNS": "130"})
    h.exit(r, 0)
    lines = r.out.decode().splitlines()
    h.equal(len(lines), 5)
    h.check(all(name in lines[0] for name in ("language", "category", "sentiment", "type", "team",
                                              "priority", "confidence", "text")), lines[0])
    at = lines[0].index("text")
    h.equal([line[at:].strip()[:4] for line in lines[1:2]], ["good"])
    h.check("\u2068" in lines[2] and lines[2].endswith("\u2069"), repr(lines[2]))
    h.check(lines[3].endswith("\u2026") and len(lines[3]) <= 130, lines[3])
    h.check("\x1b" not in r.out.decode(), "a control character came through")
    r = h.run("classify", "v.csv", "-q", "-f", "table", "--id-column", "id")
    h.exit(r, 0)

    h.case("--quiet says nothing, and the summary has at most ten lines")
    h.equal(h.run("classify", "a.csv", "-q").err, "")
    summary = h.run("classify", "a.csv").err.splitlines()[1:]
    h.check(3 <= len(summary) <= 10, len(summary), summary)

    h.case("the same under other locales")
    first = h.run("classify", "a.csv", "-q", "--rating-column", "stars").out
    for locale in ("C", "fa_IR.UTF-8", "de_DE.UTF-8", "tr_TR.UTF-8"):
        r = h.run("classify", "a.csv", "-q", "--rating-column", "stars", env={"LC_ALL": locale})
        h.equal(r.out == first, True, locale)
