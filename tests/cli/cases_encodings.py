"""Encodings, marks and gzip."""
import gzip

ROWS = "id,text\n1,\u0639\u0627\u0644\u064a\n2,bad\n"
TEXT = "\u0639\u0627\u0644\u064a"


def group_encodings(h):
    def texts(name, *options, code=0):
        r = h.run("classify", name, *options)
        h.exit(r, code)
        return r, [row.get("text") for row in r.rows()]

    for name, data, said in (
            ("UTF-8", ROWS.encode(), "UTF-8"),
            ("UTF-8 with a mark", b"\xef\xbb\xbf" + ROWS.encode(), "UTF-8 with BOM"),
            ("UTF-16LE with a mark", b"\xff\xfe" + ROWS.encode("utf-16-le"), "UTF-16LE"),
            ("UTF-16BE with a mark", b"\xfe\xff" + ROWS.encode("utf-16-be"), "UTF-16BE"),
            ("UTF-16LE without a mark", ROWS.encode("utf-16-le"), "UTF-16LE")):
        h.case(name)
        h.write("e.csv", data)
        r, got = texts("e.csv")
        h.equal(got, [TEXT, "bad"])
        h.equal(r.table()[0][0], "id", "the mark is in the first name")
        h.says(r, said)
    h.case("Windows-1256 by --encoding")
    h.write("w.csv", (ROWS + "3,\u062c\u064a\u062f\n").encode("cp1256"))
    h.equal(texts("w.csv", "--encoding", "windows-1256")[1],
            [TEXT, "bad", "\u062c\u064a\u062f"])
    r = h.run("classify", "w.csv")
    h.exit(r, 0)
    h.says(r, "not UTF-8", "--encoding windows-1256")
    h.case("a mark wins over --encoding")
    h.write("b.csv", b"\xef\xbb\xbf" + ROWS.encode())
    h.equal(texts("b.csv", "--encoding", "windows-1256")[1], [TEXT, "bad"])
    h.case("halves of UTF-16 become U+FFFD")
    h.write("odd.csv", b"\xff\xfe" + "text\ngood ".encode("utf-16-le") + b"\x00\xd8"
            + " x\n".encode("utf-16-le") + b"a")
    h.equal(texts("odd.csv")[1][0], "good \ufffd x")
    h.case("UTF-16 across the chunks of the reader")
    words = "".join("%d,\u062e\u0648\u0628 \U0001F600 %d\n" % (i, i) for i in range(60000))
    h.write("long.csv", b"\xff\xfe" + ("id,text\n" + words).encode("utf-16-le"))
    r = h.run("classify", "long.csv", "-q")
    h.equal([row["text"] for row in r.rows()] == ["\u062e\u0648\u0628 \U0001F600 %d" % i
                                                  for i in range(60000)], True)
    h.case("gzip, of several members, with padding")
    h.write("g.csv.gz", gzip.compress(ROWS.encode()) + gzip.compress(b"3,more\n") + b"\0" * 512)
    r, got = texts("g.csv.gz")
    h.equal(got, [TEXT, "bad", "more"])
    h.says(r, "gzip")
    h.write("g.jsonl.gz", gzip.compress(b'{"text":"good"}\n'))
    h.equal(len(h.run("classify", "g.jsonl.gz", "-q").lines()), 1)
    r = h.run("classify", "-", "-q", stdin=gzip.compress(ROWS.encode()))
    h.equal(len(r.table()), 3, "gzip on stdin")
    whole = gzip.compress(("id,text\n" + "1,good words %s\n" % ("x" * 50) * 1).encode()
                          + b"".join(b"%d,some words\n" % i for i in range(50000)))
    for name, data in (("cut", whole[:len(whole) // 2]),
                       ("flipped", whole[:3000] + b"\xff\xff\xff" + whole[3003:])):
        h.case("gzip " + name + " is unusable, and no output is left")
        h.write("bad.csv.gz", data)
        r = h.run("classify", "bad.csv.gz", "-o", "gz-out.csv", "-q")
        h.exit(r, 5)
        h.says(r, "bad.csv.gz", "gzip")
        h.check(not h.exists("gz-out.csv") and not h.exists("gz-out.csv.part"), "output left")
    h.case("--excel begins with a mark, and the mark is read back")
    h.write("x.csv", ROWS)
    r = h.run("classify", "x.csv", "--excel", "-q")
    h.equal(r.out[:3], b"\xef\xbb\xbf")
    h.write("y.csv", r.out)
    h.equal(texts("y.csv", "-q")[1], [TEXT, "bad"])
