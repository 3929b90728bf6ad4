"""Usage: commands, options, help, exit code 2; and the small commands."""
import json
import shlex
import subprocess

COMMANDS = ["classify", "explain", "inspect", "normalize", "selftest"]


def help_of_commands(h):
    for command in COMMANDS:
        h.case(command + " --help")
        r = h.run(command, "--help")
        h.exit(r, 0)
        text = r.out.decode()
        h.check("Usage: nazar " + command in text, "no usage line:", text[:200])
        examples = text.split("Examples:\n")[-1].strip().splitlines()
        h.check(examples, "no example")
        for example in examples:
            h.case(f"the example of {command} runs: {example.strip()}")
            shell = "nazar() { %s \"$@\"; }; %s" % (shlex.quote(h.nazar), example)
            done = subprocess.run(["bash", "-c", shell], cwd=h.folder, env=h.environment(),
                                  capture_output=True, timeout=60)
            h.check(done.returncode == 0, done.returncode, done.stderr.decode()[:300])


def group_usage(h):
    h.case("help and version")
    r = h.run("--help")
    h.exit(r, 0)
    for command in COMMANDS:
        h.check(command in r.out.decode(), command, "is not in the help")
    r = h.run("--version")
    h.exit(r, 0)
    h.check(r.out.startswith(b"nazar "), r.out)
    help_of_commands(h)

    h.case("wrong usage is exit 2, says what to do, and writes no data")
    h.write("a.csv", "text\ngood\n")
    for arguments in ([], ["frobnicate"], ["classify", "--frobnicate", "a.csv"],
                      ["classify", "a.csv", "--labels", "de"],
                      ["classify", "a.csv", "--format", "pdf"],
                      ["classify", "a.csv", "--input-format", "pdf"],
                      ["classify", "a.csv", "--jobs", "0"],
                      ["classify", "a.csv", "--jobs", "many"],
                      ["classify", "a.csv", "--min-confidence", "2"],
                      ["classify", "a.csv", "--min-confidence", "0,5"],
                      ["classify", "a.csv", "--delimiter", ""],
                      ["classify", "a.csv", "--resume"],
                      ["classify", "-", "--resume", "-o", "x.csv"],
                      ["classify", "a.csv", "--evidence"],
                      ["classify", "a.csv", "--channel", "pigeon"],
                      ["classify", "a.csv", "--encoding", "no-such-encoding"],
                      ["classify", "a.csv", "-"],
                      ["classify", "a.csv", "-o", "x.xlsx", "--resume"],
                      ["inspect", "a", "b"], ["selftest", "a"]):
        r = h.run(*arguments)
        h.check(r.code == 2, arguments, "exit", r.code, r.err[:200])
        h.equal(r.out, b"", "stdout of " + str(arguments))
        h.check(r.err != "", arguments, "says nothing")

    h.case("the option's own name is in the message")
    h.says(h.run("classify", "a.csv", "--jobs", "many"), "--jobs")

    h.case("a file whose name begins with a dash")
    h.write("-odd.csv", "text\ngood\n")
    h.exit(h.run("classify", "-q", "--", "-odd.csv"), 0)

    h.case("model problems are exit 4")
    h.write("foreign.nzm", "this is no model")
    h.write("empty.nzm", "")
    for model in ("foreign.nzm", "empty.nzm", "missing.nzm"):
        r = h.run("classify", "a.csv", "--model", model)
        h.exit(r, 4)
        h.says(r, model, ";")
        h.equal(r.out, b"", "stdout")
    h.case("a truncated and a flipped model are refused")
    data = open(h.model, "rb").read()
    if len(data) > 1000:
        flipped = bytearray(data)
        flipped[len(data) // 2] ^= 16
        for name, bad in (("cut.nzm", data[:len(data) // 2]), ("tail.nzm", data[:-1]),
                          ("longer.nzm", data + b"x"), ("flipped.nzm", bytes(flipped))):
            h.write(name, bad)
            h.exit(h.run("classify", "a.csv", "--model", name), 4)


def group_small(h):
    h.case("selftest")
    r = h.run("selftest")
    h.exit(r, 0)
    h.check(b"passed" in r.out, r.out)

    h.case("inspect")
    r = h.run("inspect")
    h.exit(r, 0)
    for word in ("category", "sentiment", "type", "channels", "teams"):
        h.check(word in r.out.decode(), word, "missing")
    model = json.loads(h.run("inspect", "--json").out)
    heads = {head["name"]: head for head in model["heads"]}
    h.check({"category", "sentiment", "type"} <= set(heads), list(heads))
    h.check(all(set(label) == {"id", "fa", "ar", "en"} for head in heads.values()
                for label in head["labels"]), "labels lack names")
    h.exit(h.run("inspect", "--json", h.model), 0)

    h.case("normalize: a line in, a line out")
    r = h.run("normalize", "-", stdin="Good  morning\n\nthird line\n")
    h.exit(r, 0)
    h.equal(r.out.count(b"\n"), 3, "lines")
    r = h.run("normalize", "--json", "a great app", "two")
    tokens = [json.loads(line) for line in r.out.decode().splitlines()]
    h.equal(len(tokens), 2, "objects")
    h.equal(set(tokens[0]["tokens"][0]),
            {"begin", "end", "kind", "language", "form", "key", "stem"}, "members")
    text = "a great app".encode()
    h.equal([text[t["begin"]:t["end"]].decode() for t in tokens[0]["tokens"]],
            ["a", "great", "app"], "spans")
    h.exit(h.run("normalize", "--stems", "walking dogs"), 0)
    h.exit(h.run("normalize", "-f", "missing.txt"), 5)

    h.case("explain adds up")
    text = "the app crashes on login and support is bad"
    r = h.run("explain", "--json", text)
    h.exit(r, 0)
    answer = json.loads(r.out)
    h.equal(answer["text"], text)
    h.check(answer["nazar"]["evidence"], "no evidence")
    for item in answer["nazar"]["evidence"]:
        h.equal(set(item), {"begin", "end", "begin2", "end2", "kind", "head", "label", "weight"})
        h.check(0 <= item["begin"] <= item["end"] <= len(text), item)
    r = h.run("explain", text)
    h.exit(r, 0)
    h.check("total" in r.out.decode() and "\033" not in r.out.decode(),
            "colour without a terminal")
    shown = 0.0
    for line in r.out.decode().splitlines():
        words = line.split()
        if len(words) > 1 and line.startswith("    "):
            if words[1] == "total":
                h.check(abs(shown - float(words[0])) < 0.0055, "items", shown, "total", words[0])
                shown = 0.0
            else:
                shown += float(words[0])
    h.case("explain isolates right-to-left text")
    r = h.run("explain", "\u062e\u062f\u0645\u0629 \u0633\u064a\u0626\u0629 bad")
    h.check(r.out.decode().count("\u2068") == r.out.decode().count("\u2069") > 0, r.out[:200])
    h.case("explain reads files, stdin and tables")
    h.write("t.csv", "id,words\n1,good\n2,bad\n")
    h.exit(h.run("explain", "-", stdin="good\nbad\n"), 0)
    h.equal(len(h.run("explain", "--json", "-t", "words", "t.csv").out.splitlines()), 2)
    h.exit(h.run("explain", "-t", "nope", "t.csv"), 5)
    h.exit(h.run("explain", "--rating", "7/5", "good"), 2)
    h.case("a closed pipe is quiet")
    done = subprocess.run(["bash", "-c", "yes good | head -n 200000 | %s explain - | head -n 1; "
                           "echo ${PIPESTATUS[2]} >&2" % shlex.quote(h.nazar)], cwd=h.folder,
                          env=h.environment(), capture_output=True, timeout=60)
    h.equal(done.stderr.decode().strip(), "0", "stderr")
