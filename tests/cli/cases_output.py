"""Where the answers go: whole or not at all, and on again after a kill."""
import os
import random
import shlex
import signal
import subprocess
import time

SMALL = "id,text\n1,good\n2,bad\n"


def shell(h, line, **env):
    line = line.replace("NAZAR", shlex.quote(h.nazar))
    return subprocess.run(["bash", "-c", line], cwd=h.folder, env=h.environment(**env),
                          capture_output=True, timeout=120)


def leftovers(h, name):
    return [n for n in os.listdir(h.folder) if n.startswith(name + ".")]


def group_output(h):
    h.write("a.csv", SMALL)
    wanted = h.run("classify", "a.csv", "-q").out
    h.case("-o FILE is whole, and nothing is left beside it")
    r = h.run("classify", "a.csv", "-q", "-o", "out.csv")
    h.exit(r, 0)
    h.equal(r.out, b"")
    h.equal(h.read("out.csv"), wanted)
    h.equal(leftovers(h, "out.csv"), [])
    h.case("an existing file keeps its mode, a link stays a link")
    os.chmod(h.path("out.csv"), 0o640)
    os.symlink("out.csv", h.path("link.csv"))
    h.exit(h.run("classify", "a.csv", "-q", "-o", "link.csv"), 0)
    h.check(os.path.islink(h.path("link.csv")), "the link was replaced")
    h.equal(os.stat(h.path("out.csv")).st_mode & 0o777, 0o640)

    h.case("output = input is refused")
    os.symlink("a.csv", h.path("same.csv"))
    for name in ("a.csv", "same.csv", "./a.csv"):
        r = h.run("classify", "a.csv", "-o", name)
        h.exit(r, 2)
        h.equal(h.read("a.csv").decode(), SMALL)
    done = shell(h, "NAZAR classify -q a.csv >> a.csv")
    h.equal(done.returncode, 2, "appending to the input")
    h.equal(h.read("a.csv").decode(), SMALL)
    h.exit(h.run("classify", "a.csv", "a.csv", "-q", "-o", "twice.csv"), 0)

    h.case("a full device is exit 1 and is named")
    for options in ("", "-f jsonl", "-f xlsx", "-f table"):
        r = h.run("classify", "a.csv", "-q", "-o", "/dev/full", *options.split())
        h.exit(r, 1)
        h.says(r, "/dev/full")
    done = shell(h, "NAZAR classify -q a.csv > /dev/full")
    h.equal(done.returncode, 1)
    h.check(b"stdout" in done.stderr, done.stderr)
    h.case("a closed stdout is exit 1; nothing lands in another file")
    done = shell(h, "NAZAR classify -q a.csv >&-")
    h.equal(done.returncode, 1)
    done = shell(h, "NAZAR classify a.csv -o closed.csv >&- 2>&-")
    h.equal((done.returncode, h.read("closed.csv") == wanted), (0, True))
    h.case("a limit on the file's size, as a full disk would be")
    h.write("big.csv", "id,text\n" + "1,good words\n" * 20000)
    done = shell(h, "trap '' XFSZ; ulimit -f 64; NAZAR classify -q big.csv -o full.csv")
    h.equal(done.returncode, 1, done.stderr)
    h.check(b"full.csv" in done.stderr, done.stderr)
    h.check(not h.exists("full.csv"), "a file under its final name")
    h.equal(leftovers(h, "full.csv"), [])
    h.case("no such folder, a folder, a read-only folder")
    r = h.run("classify", "a.csv", "-o", "nowhere/out.csv")
    h.exit(r, 1)
    h.says(r, "nowhere/out.csv")
    os.mkdir(h.path("dir"))
    h.exit(h.run("classify", "a.csv", "-o", "dir"), 1)

    h.case("a closed pipe is quiet")
    done = shell(h, "NAZAR classify -q big.csv | head -n 1 > head.txt; echo ${PIPESTATUS[0]}")
    h.equal((done.stdout, done.stderr), (b"0\n", b""))
    h.case("a named pipe is written directly")
    os.mkfifo(h.path("pipe"))
    done = shell(h, "cat pipe > piped.csv & NAZAR classify -q a.csv -o pipe; wait")
    h.equal((done.returncode, h.read("piped.csv")), (0, wanted))

    h.case("a failed run leaves the old output alone")
    h.write("old.csv", "precious")
    h.exit(h.run("classify", "missing.csv", "-o", "old.csv"), 5)
    h.exit(h.run("classify", "a.csv", "-t", "nope", "-o", "old.csv"), 5)
    h.exit(h.run("classify", "a.csv", "--model", "a.csv", "-o", "old.csv"), 4)
    h.equal(h.read("old.csv"), b"precious")
    h.equal(leftovers(h, "old.csv"), [])

    h.case("two writers of one output: the second is refused")
    with open(h.path("busy.csv.part"), "w") as part:
        import fcntl
        fcntl.lockf(part, fcntl.LOCK_EX)
        r = h.run("classify", "a.csv", "-q", "-o", "busy.csv")
    h.exit(r, 1)
    h.says(r, "another process")


def begin(h, *arguments):
    return subprocess.Popen([h.nazar, *arguments], cwd=h.folder, env=h.environment(),
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def group_resume(h):
    count = 15000 if h.slow else 150000
    rows = "".join('%d,"%s number %d, and\nmore",%d\n' % (i, "good" if i % 3 else "bad", i, i % 5)
                   for i in range(count))
    h.write("a.csv", "id,text,n\n" + rows + 'x,"never closed\n1,last,1\n')
    h.write("a.jsonl", "".join('{"id":%d,"text":"good words %d"}\n' % (i, i)
                               for i in range(count)))
    chance = random.Random(7)
    for source, out in (("a.csv", "out.csv"), ("a.jsonl", "out.jsonl")):
        h.case("after kills the output of %s is byte for byte that of one run" % source)
        whole = h.run("classify", source, "-q", "-o", "whole")
        wanted = h.read("whole")
        begun = time.monotonic()
        h.run("classify", source, "-q", "-o", "whole")
        length = time.monotonic() - begun
        resumed = 0
        for attempt in range(12):
            command = ("classify", source, "-o", out, "-j", str(1 + attempt % 3), "--resume")
            process = begin(h, *command)
            time.sleep(chance.random() * length)
            process.send_signal(signal.SIGKILL if attempt % 4 else signal.SIGTERM)
            process.wait()
            h.check(not h.exists(out) or h.read(out) == wanted, "a part under the final name")
            if h.exists(out):
                os.remove(h.path(out))
                continue
            r = h.run(*command)
            resumed += "goes on after" in r.err
            h.equal((r.code, h.read(out) == wanted), (whole.code, True), "after attempt %d"
                    % attempt)
            h.check(str(count // 1000) in r.err.split(" rows into ")[0],
                    "summary counts all rows", r.err[:200])
            os.remove(h.path(out))
        h.case("a torn and a foreign journal")
        process = begin(h, "classify", source, "-o", out)
        while process.poll() is None and not h.exists(out + ".part.journal"):
            time.sleep(0.001)
        process.kill()
        process.wait()
        if h.exists(out + ".part"):
            with open(h.path(out + ".part.journal"), "ab") as journal:
                journal.write(b"nazar1 00000000 99999 999999999 3 1")
            r = h.run("classify", source, "-o", out, "--resume", "--labels", "fa")
            h.exit(r, 2)
            h.says(r, "--resume")
            r = h.run("classify", source, "-o", out, "--resume", "-q")
            h.equal((r.code, h.read(out) == wanted), (whole.code, True))
    h.case("SIGTERM: what to do is said, and the journal is kept")
    h.write("slow.csv", "text\n" + ("good " * 60 + "\n") * 400000)
    process = subprocess.Popen([h.nazar, "classify", "slow.csv", "-o", "slow-out.csv"],
                               cwd=h.folder, env=h.environment(), stderr=subprocess.PIPE)
    while process.poll() is None and not h.exists("slow-out.csv.part.journal"):
        time.sleep(0.001)
    process.terminate()
    words = process.stderr.read().decode()
    code = process.wait()
    process.stderr.close()
    if h.exists("slow-out.csv.part"):
        h.equal(code, 128 + signal.SIGTERM)
        h.check("--resume" in words, words)
        h.check(h.exists("slow-out.csv.part.journal"), "no journal")
    h.case("--resume with nothing to resume begins")
    h.write("s.csv", SMALL)
    h.exit(h.run("classify", "s.csv", "-o", "fresh.csv", "--resume", "-q"), 0)
    h.equal(h.read("fresh.csv"), h.run("classify", "s.csv", "-q").out)
    h.exit(h.run("classify", "s.csv", "-o", "/dev/null", "--resume", "-q"), 2)
