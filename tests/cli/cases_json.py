"""JSON lines and plain lines."""
import json
import os

from harness import MEMBERS


def classify(h, name, data, *options, code=0, file="in.jsonl"):
    h.case(name)
    h.write(file, data)
    r = h.run("classify", file, "-q", *options)
    h.exit(r, code)
    return r


def group_jsonl(h):
    lines = ['{"text": "good"}', '{ "id":1.50e3,"text":"bad\\u0020one" , "x":[1, 2,{"a":"}"}] }  ',
             '{"text":"a \\"quote\\" and \\\\","deep":{"nazar":"stays"}}', '{"text":""}',
             '{"text":null}', '{"text":"twice","text":"last one counts"}']
    r = classify(h, "the object's bytes stay, nazar is added", "\n".join(lines) + "\n")
    out = r.out.decode().splitlines()
    h.equal(len(out), len(lines))
    for given, got in zip(lines, out):
        head = given.rstrip()[:-1].rstrip()
        h.check(got.startswith(head), "bytes changed", got[:100], "was", given)
        answer = json.loads(got)["nazar"]
        h.equal(list(answer), MEMBERS, "members of nazar")
        h.equal(list(answer["category"]), ["label", "p"])
        h.equal(list(answer["sentiment"]), ["label", "p", "score"])
        h.equal(list(answer["type"]), ["label", "p"])
        h.check(isinstance(answer["question"], bool), answer["question"])
        for item in answer["types"]:
            h.equal(list(item), ["label", "p"])
    h.equal([json.loads(x)["nazar"]["status"] for x in out][3:5], ["empty", "empty"])

    r = classify(h, "evidence and clauses when asked for", lines[0] + "\n", "--evidence",
                 "--clauses")
    answer = r.lines()[0]["nazar"]
    h.equal(list(answer), MEMBERS + ["evidence", "clauses"])
    h.equal(list(answer["clauses"][0]), ["begin", "end", "category", "sentiment", "type"])

    bad = ['[1,2]', 'no json', '{"text":"cut', '{"text":"x",}', '"text"', '12', '{"text":"ok"} x', '',
           '{"text":"tab\there"}', '{\'text\':1}']
    r = classify(h, "what is no object is a row all the same", "\n".join(bad) + '\n{"text":"good"}\n',
                 code=3)
    out = r.lines()
    h.equal(len(out), len(bad) + 1)
    for given, got in zip(bad, out):
        h.equal(got["nazar_raw"], given)
        h.equal(list(got), ["nazar_raw", "nazar"])
        h.equal(list(got["nazar"]), MEMBERS)
        h.equal(got["nazar"]["status"], "error")
        h.check(got["nazar"]["error"], "no error text")
        h.equal(got["nazar"]["category"], {"label": None, "p": None})
    h.equal(list(out[-1]), ["text", "nazar"])
    h.says(r, "in.jsonl:1:", "in.jsonl:2:")
    r = classify(h, "an object without the member is an error row", '{"text":"good"}\n{"txt":"x"}\n',
                 code=3)
    h.equal(r.lines()[1]["txt"], "x")
    h.equal(r.lines()[1]["nazar"]["status"], "error")

    for given in ('{"nazar":{"status":"old"},"text":"good"}', '{"text":"good","nazar":[1,"}"]}',
                  '{"text":"good" , "nazar" : null }', '{"a":1,"nazar":2,"text":"good","nazar":3}',
                  '{"\\u006eazar":5,"text":"good"}'):
        r = classify(h, "an earlier answer is replaced: " + given, given + "\n")
        pairs = json.loads(r.out, object_pairs_hook=list)
        h.equal([k for k, v in pairs].count("nazar"), 1)
        h.check(isinstance(dict(pairs)["nazar"], list), "not replaced")
        h.equal(dict(pairs)["text"], "good")
    h.case("and that is said")
    h.check("replaced" in h.run("classify", "in.jsonl").err, "not said")
    first = h.run("classify", "in.jsonl", "-q").out
    h.write("again.jsonl", first)
    h.equal(h.run("classify", "again.jsonl", "-q").out, first, "second run")
    r = classify(h, "an empty object", '{"text":"x"}\n{}\n{ }\n', code=3)
    h.equal([list(line) for line in r.lines()], [["text", "nazar"], ["nazar"], ["nazar"]])

    big = '{"n":123456789012345678901234567890,"m":1e999,"id":-0.10,"text":"good"}'
    r = classify(h, "numbers of any size", big + "\n")
    h.check(r.out.decode().startswith(big[:-1]), r.out[:100])
    r = classify(h, "and they are written as they stood", big + "\n", "-f", "csv")
    h.equal(r.table()[1][:4], ["123456789012345678901234567890", "1e999", "-0.10", "good"])
    r = classify(h, "malformed UTF-8 is repaired", b'{"text":"good \xff\xe2\x82"}\n')
    h.equal(r.lines()[0]["text"], "good \ufffd\ufffd")
    r = classify(h, "escapes and NUL", '{"text":"a\\u0000b \\ud83d\\ude00"}\n')
    h.equal(r.lines()[0]["text"], "a\0b \U0001F600")
    r = classify(h, "a long line is a row", '{"text":"%s"}\n{"text":"good"}\n' % ("y" * 1500000),
                 code=3)
    h.equal([line["nazar"]["status"] == "error" for line in r.lines()], [True, False])
    r = classify(h, "an endless line is cut", '{"text":"%s"}\n{"text":"good"}\n' % ("y" * 9000000),
                 code=3)
    h.equal(["nazar_raw" in line for line in r.lines()], [True, False])

    r = classify(h, "JSON lines into a table",
                 '{"id":7,"text":"good, x","tags":["a","b"],"o":{"k":1},"t":true,"n":null}\n'
                 '{"id":8,"text":"bad"}\n', "-f", "csv")
    h.equal(r.table()[1][:6], ["7", "good, x", "a;b", '{"k":1}', "true", ""])
    h.equal(r.table()[2][:6], ["8", "bad", "", "", "", ""])

    suite = os.path.join(h.shared, "hostile", "JSONTestSuite", "test_parsing")
    if not os.path.isdir(suite):
        h.skip("JSONTestSuite is not there")
        return
    names = [n for n in sorted(os.listdir(suite))
             if b"\n" not in open(os.path.join(suite, n), "rb").read().rstrip(b"\n")]
    h.case("JSONTestSuite, every file of one line")
    for name in names:
        data = open(os.path.join(suite, name), "rb").read().rstrip(b"\n")
        if data[:2] in (b"\xff\xfe", b"\xfe\xff") or data[:3] == b"\xef\xbb\xbf" or not data:
            continue
        # A line before it, so that the name of the text member is known.
        h.write("suite.jsonl", b'{"text":"good"}\n' + data + b"\n")
        r = h.run("classify", "suite.jsonl", "-q", "-t", "text", "--encoding", "utf-8")
        out = r.out.decode("utf-8").split("\n")[:-1]
        if not h.check(len(out) == 2, name, "rows", len(out), r.err[:200]):
            continue
        row = json.loads(out[1])
        if name.startswith("n_"):
            h.check("nazar_raw" in row, name, "was accepted")
        elif name.startswith("y_"):
            is_object = isinstance(json.loads(data), dict)
            h.check(("nazar_raw" in row) != is_object, name, row)


def group_lines(h):
    r = classify(h, "plain lines", "good\r\n\nthird, \"line\"\nlast", file="in.txt")
    h.equal([line["text"] for line in r.lines()], ["good", "", 'third, "line"', "last"])
    h.equal([line["nazar"]["status"] for line in r.lines()][1], "empty")
    r = classify(h, "lines into a table", "good\nbad\n", "-f", "csv", file="in.txt")
    h.equal([row[0] for row in r.table()], ["text", "good", "bad"])
    r = classify(h, "malformed UTF-8 in lines", b"good \xff\n", file="in.txt")
    h.equal(r.lines()[0]["text"], "good \ufffd")
