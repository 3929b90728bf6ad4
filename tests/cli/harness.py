"""What the cases share: running the command in a folder of its own, and checks that say what
differed.  A check that fails does not stop the others."""
import csv
import io
import json
import os
import subprocess

csv.field_size_limit(1 << 30)

COLUMNS = ("nz_status nz_language nz_category nz_category_p nz_sentiment nz_sentiment_p nz_score "
           "nz_type nz_type_p nz_types nz_question nz_reason nz_solicited nz_team nz_priority "
           "nz_priority_why nz_band nz_needs_review nz_error").split()
MEMBERS = ("status language category sentiment type types question reason solicited team "
           "priority priority_why band needs_review error").split()
STATUS = {"ok", "empty", "no_evidence", "error"}


class Result:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err.decode("utf-8", "replace")

    def table(self, delimiter=","):
        text = self.out.decode("utf-8", "surrogateescape")
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))

    def rows(self, delimiter=","):
        table = self.table(delimiter)
        return [dict(zip(table[0], row)) for row in table[1:] if row]

    def lines(self):
        return [json.loads(line) for line in self.out.decode("utf-8").split("\n")[:-1]]


class Harness:
    def __init__(self, nazar, model, shared, folder, slow):
        self.nazar, self.model, self.shared, self.folder = nazar, model, shared, folder
        self.slow = slow
        self.checks = self.failures = 0
        self.name = ""
        self.skipped = []

    def path(self, name):
        return os.path.join(self.folder, name)

    def exists(self, name):
        return os.path.lexists(self.path(name))

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def write(self, name, data):
        if isinstance(data, str):
            data = data.encode("utf-8")
        with open(self.path(name), "wb") as file:
            file.write(data)
        return name

    def environment(self, **changes):
        env = dict(os.environ, NAZAR_MODEL=self.model)
        env.pop("COLUMNS", None)
        env.update(changes)
        return env

    def run(self, *arguments, stdin=b"", **options):
        """Run `nazar ARGUMENTS` in the folder; stdin as text or bytes."""
        if isinstance(stdin, str):
            stdin = stdin.encode("utf-8")
        env = self.environment(**options.pop("env", {}))
        done = subprocess.run([self.nazar, *map(str, arguments)], input=stdin, cwd=self.folder,
                              env=env, capture_output=True, timeout=240, **options)
        return Result(done.returncode, done.stdout, done.stderr)

    def case(self, name):
        self.name = name

    def check(self, good, *words):
        self.checks += 1
        if not good:
            self.failures += 1
            print("FAILED", self.name + ":", *words)
        return bool(good)

    def equal(self, got, wanted, what=""):
        return self.check(got == wanted, what, "got", repr(got)[:600], "wanted",
                          repr(wanted)[:600])

    def exit(self, result, code):
        return self.check(result.code == code, "exit", result.code, "wanted", code,
                          "stderr:", result.err[:600])

    def says(self, result, *words):
        for word in words:
            self.check(word in result.err, "stderr lacks", repr(word), "in", result.err[:600])

    def skip(self, why):
        self.skipped.append(why)

    def finish(self):
        for why in self.skipped:
            print("skipped:", why)
        print(self.checks, "checks,", self.failures, "failed")
        if self.failures:
            return 1
        return 77 if self.checks == 0 else 0
