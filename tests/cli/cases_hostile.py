"""Hostile texts through every format, no text in messages, and flat memory."""
import json
import os
import resource
import subprocess

CANARY = "CANARY09121234567"


def peak_of(h, *arguments, data=None):
    """Peak memory in MB of a run that is fed by a generator."""
    process = subprocess.Popen([h.nazar, *arguments], cwd=h.folder, env=h.environment(),
                               stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    try:
        for piece in data:
            process.stdin.write(piece)
        process.stdin.close()
    except BrokenPipeError:
        pass
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_maxrss / 1024


def group_memory(h):
    row = ("1,%s,5\n" % ("good words here " * 12)).encode()
    block = row * 5000
    h.case("memory does not grow with the file")
    _, small = peak_of(h, "classify", "-q", "-", "-j", "2", "--input-format", "csv",
                       data=[b"id,text,n\n", block])
    code, large = peak_of(h, "classify", "-q", "-", "-j", "2", "--input-format", "csv",
                          data=[b"id,text,n\n"] + [block] * 12)
    h.equal(code, 0)
    h.check(large < small + 40, "peak", large, "MB after", small, "MB")
    h.case("one field of 300 MB, and an unclosed quote before 100 MB")
    code, peak = peak_of(h, "classify", "-q", "-", "-j", "1", "--input-format", "csv",
                         data=[b"id,text\n1,"] + [b"x" * 1000000] * 300 + [b"\n2,good\n"])
    h.equal(code, 3)
    h.check(peak < small + 60, "peak", peak, "MB")
    code, peak = peak_of(h, "classify", "-q", "-", "-j", "1", "--input-format", "jsonl", "-t",
                         "text", data=[b'{"text":"'] + [b"x" * 1000000] * 100 + [b'"}\n'])
    h.equal(code, 3)
    h.check(peak < small + 60, "peak", peak, "MB")
    h.case("a million columns")
    h.write("wide.csv", b"text" + b",x" * 1000000 + b"\ngood" + b"," * 1000000 + b"\n")
    r = h.run("classify", "wide.csv", "-q", "-t", "1")
    h.check(r.code in (3, 5), "exit", r.code, r.err[:200])


def texts(h):
    path = os.path.join(h.shared, "hostile", "blns", "blns.json")
    if not os.path.isfile(path):
        h.skip("the list of naughty strings is not there; own strings only")
        found = []
    else:
        found = json.load(open(path, encoding="utf-8"))
    found += ["", " ", "\t", '"', '""', ",", "a,b", "a;b", "\\", "\\n", "'", "\u202e abc",
              "\ufeff", "\u200c" * 50, "x" * 100000, "\U0001F468\u200d\U0001F469" * 100,
              "e" + "\u0301" * 1000, "{}", "[]", "null", "sep=;", "\x00", "\x1b[2J"]
    return [t.encode("utf-8", "replace").decode() for t in found]


def csv_cell(text):
    return '"' + text.replace('"', '""') + '"'


def group_hostile(h):
    strings = texts(h)
    h.write("n.csv", "id,text\n" + "".join("%d,%s\n" % (i, csv_cell(t))
                                           for i, t in enumerate(strings)))
    h.write("n.jsonl", "".join(json.dumps({"id": i, "text": t}) + "\n"
                               for i, t in enumerate(strings)))
    h.case("the same answers through CSV, JSON lines, TSV and XLSX")
    table = h.run("classify", "n.csv", "-q")
    h.exit(table, 0)
    lines = h.run("classify", "n.jsonl", "-q")
    h.exit(lines, 0)
    rows, objects = table.rows(), lines.lines()
    h.equal((len(rows), len(objects)), (len(strings), len(strings)))
    h.equal([row["text"] for row in rows], strings)
    h.equal([line["text"] for line in objects], strings)
    wanted = [(row["nz_status"], row["nz_category"], row["nz_sentiment"], row["nz_sentiment_p"],
               row["nz_type"]) for row in rows]
    got = [(a["status"], a["category"]["label"], a["sentiment"]["label"],
            "%.4f" % a["sentiment"]["p"], a["type"]["label"])
           for a in (line["nazar"] for line in objects)]
    h.equal([i for i in range(len(strings)) if got[i] != wanted[i]], [])
    for jobs in ("1", "4"):
        h.equal(h.run("classify", "n.jsonl", "-q", "-j", jobs).out == lines.out, True)
    for middle in ("tsv", "xlsx"):
        h.case("through " + middle + " and back")
        h.exit(h.run("classify", "n.csv", "-q", "-o", "n." + middle), 0)
        r = h.run("classify", "n." + middle, "-q", "-f", "jsonl")
        h.exit(r, 0)
        back = [line["text"] for line in r.lines()]
        # A workbook holds no NUL and no U+FFFE, and at most 32,767 characters a cell.
        cut = [t.replace("\0", "\ufffd").replace("\ufffe", "\ufffd")[:32767]
               if middle == "xlsx" else t for t in strings]
        h.equal([i for i, (a, b) in enumerate(zip(back, cut)) if a != b], [])

    h.case("no message holds a comment's text")
    line = "%s good,%s\n" % (CANARY, CANARY)
    bad = ('text,n\n' + line + '"%s open\n' % CANARY + line
           + "%s\n" % (CANARY * 80000) + line * 3)
    h.write("c.csv", bad)
    h.write("c.jsonl", '{"text":"x"}\n{"%s":1}\n%s\n["%s"]\n{"text":"%s","rating":"%s"}\n'
            % (CANARY, CANARY, CANARY, CANARY, CANARY))
    h.write("c.txt", (CANARY + "\n") * 3 + CANARY * 80000 + "\n")
    h.write("c0.csv", "%s a,%s\n%s b,c\n" % (CANARY, CANARY, CANARY))
    for arguments in (["classify", "c.csv"], ["classify", "c.jsonl", "--rating-column", "rating"],
                      ["classify", "c.txt"], ["classify", "c0.csv"],
                      ["classify", "c.csv", "-o", "c-out.csv"], ["explain", "-f", "c.txt"],
                      ["normalize", "-f", "c.txt"], ["classify", "c.csv", "-o", "/dev/full"]):
        r = h.run(*arguments)
        h.check(r.err != "", arguments, "said nothing")
        h.check("CANARY" not in r.err, arguments, r.err[:300])
