#!/usr/bin/env python3
"""The rules of the house that a script can check: who may include whom, one door for each third-party
library, banned calls, file heads, line and function length, no path of a developer's machine.

    python3 tools/dev/check_structure.py [--report]

Prints every breach as FILE:LINE: what; what to do, and exits 1 when there is one.  --report adds the
lengths of our functions.  Needs the standard library only.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Room -> rooms whose headers it may include (besides its own and the public headers).
MAY_INCLUDE = {
    "base": set(),
    "text": {"base"},
    "feature": {"text", "base"},
    "numeric": {"base"},
    "model": {"feature", "text", "base"},
    "predict": {"model", "feature", "numeric", "text", "base"},
    "train": {"predict", "model", "feature", "numeric", "text", "base"},
    "mine": {"predict", "feature", "numeric", "text", "base"},
}
# Third-party header -> the only files of the engine that may include it.
DOORS = {
    r"unicode/": {"engine/text/icu.c"},
    r"libstemmer": {"engine/text/stem.c"},
    r"pcre2": {"engine/feature/rules.c"},
    r"cblas|openblas": {"engine/numeric/dense.c"},
    r"jansson": {"engine/train/taxonomy.c", "engine/train/report.c"},
}
BANNED = ("sprintf", "vsprintf", "strcpy", "strcat", "strtok", "atoi", "atof", "rand", "srand",
          "setlocale", "localtime", "gmtime", "alloca", "gets")
BANNED_IN_ENGINE = ("printf", "puts", "abort", "exit", "_exit", "malloc", "calloc", "realloc", "free",
                    "getenv", "signal", "assert")
ALLOCATES = {"engine/base/memory.c"}
HARD_LINES, LINE_WIDTH = 100, 120
# Hot loops and tables of tests may be longer; each says why at its head.
LONG_ALLOWED = re.compile(r"hot (loop|path)|state machine|long on purpose", re.I)

breaches = []


def breach(path, line, text):
    breaches.append(f"{path.relative_to(ROOT)}:{line}: {text}")


def code_only(text):
    """The text with comments and strings blanked, lines kept."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0))
    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text, flags=re.S)


def check_includes(path, text):
    parts = path.relative_to(ROOT).parts
    name = str(path.relative_to(ROOT))
    room = parts[1] if parts[0] == "engine" and len(parts) > 2 else None
    for number, line in enumerate(text.split("\n"), 1):
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if not match:
            continue
        header = match[2]
        target = header.split("/")[0]
        if ".." in header.split("/"):
            breach(path, number, f"{header} goes around the include folders; name it from engine/ or its own folder")
        if room and match[1] == '"' and target in MAY_INCLUDE and target != room \
                and target not in MAY_INCLUDE.get(room, set()):
            breach(path, number, f"engine/{room} may not include {header}; see the order in CONTRIBUTING.md")
        if parts[0] in ("tools", "bench") and match[1] == '"' and target in MAY_INCLUDE \
                and parts[1] != "dev" and not name.startswith("bench/stage"):
            breach(path, number, f"{parts[0]} may only include public headers, not {header}")
        if parts[0] == "engine":
            for pattern, files in DOORS.items():
                if match[1] == "<" and re.search(pattern, header) and name not in files:
                    breach(path, number, f"<{header}> has its one door in {', '.join(sorted(files))}")


def check_calls(path, code):
    name = str(path.relative_to(ROOT))
    banned = list(BANNED) + (list(BANNED_IN_ENGINE) if name.startswith("engine/") and name not in ALLOCATES else [])
    pattern = re.compile(r"(?<![\w.>])(" + "|".join(banned) + r")\s*\(")
    for number, line in enumerate(code.split("\n"), 1):
        for match in pattern.finditer(line):
            breach(path, number, f"{match[1]}() is banned here; see CONTRIBUTING.md for what to call")


def functions(code):
    """(first line, lines, name) of every function body, by braces at column 0."""
    lines = code.split("\n")
    start = None
    for number, line in enumerate(lines, 1):
        if line.startswith("{"):
            start = number
        elif line.startswith("}") and start:
            head = " ".join(lines[max(0, start - 6):start - 1])
            match = re.findall(r"(\w+)\s*\(", head)
            if match and not re.search(r"\b(struct|enum|union)\s+\w*\s*$|=\s*$", head):
                yield start, number - start + 1, match[-1] if len(match) == 1 else match[0]
            start = None


def check_lengths(path, text, code, lengths):
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > LINE_WIDTH and path.suffix != ".inc":
            breach(path, number, f"line of {len(line)} characters; {LINE_WIDTH} at most")
    for start, count, name in functions(code):
        lengths.append((count, f"{path.relative_to(ROOT)}:{start}"))
        if count > HARD_LINES:
            before = "\n".join(text.split("\n")[max(0, start - 16):start + 6])
            if not LONG_ALLOWED.search(before):
                breach(path, start, f"function of {count} lines; split it, or say above it why it is a hot loop")


def check_head(path, text):
    head = text.lstrip().split("\n", 1)[0]
    if not head.startswith(("/*", "//")):
        breach(path, 1, "a file opens with a comment: purpose, what it must not know, invariant")


def check_paths(path, text):
    for number, line in enumerate(text.split("\n"), 1):
        if re.search(r"(?<![\w.])/(root|home|work|farm)/", line):
            breach(path, number, "names a path of somebody's machine; use a path relative to the project")


def main():
    lengths = []
    sources = [p for room in ("engine", "tools", "bench", "tests") for p in sorted((ROOT / room).rglob("*"))
               if p.suffix in (".c", ".h", ".cpp", ".cc") and p.is_file()]
    for path in sources:
        text = path.read_text(encoding="utf-8")
        code = code_only(text)
        check_includes(path, text)
        check_calls(path, code)
        check_lengths(path, text, code, lengths if path.parts[len(ROOT.parts)] == "engine" else [])
        check_head(path, text)
    for path in sorted(ROOT.rglob("*")):
        if path.is_file() and ".git" not in path.parts and "build" not in path.parts[len(ROOT.parts)] \
                and path.suffix in (".c", ".h", ".py", ".sh", ".md", ".txt", ".tsv", ".cmake", ".json"):
            check_paths(path, path.read_text(encoding="utf-8", errors="replace"))
    counts = sorted(n for n, _ in lengths)
    if counts:
        print(f"{len(sources)} files; engine: {len(counts)} functions, median {counts[len(counts) // 2]} lines, "
              f"nine in ten under {counts[len(counts) * 9 // 10]}")
    if "--report" in sys.argv:
        for count, where in sorted(lengths, reverse=True)[:20]:
            print(f"  {count:4} {where}")
    print("\n".join(breaches))
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
