#!/usr/bin/env python3
"""Behaviour tests: what a model must do, one ability at a time (README.md beside this file).

    run.py --nazar BINARY --model FILE [--bar] [LL.tsv ...]

Labels every text of the tables (all beside this file, unless some are named) in one run of
`nazar classify`, judges each case, prints passed/all per language and capability and every
failed case.  Exit 0: reported; 1: with --bar, when the bar is broken; 2: a table or the command
is faulty; 77: skipped, there is no model.  Needs the standard library only."""
import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
COLUMNS = "id capability kind text variant expect".split()
BARRED = """vocabulary negation fixed_expressions intensity mixed questions types desks reasons
    spelling digits emoji names places products punctuation case added_praise added_blame
    neutral_addition""".split()
REPORTED = "sarcasm quotation rivals".split()  # no model is expected to be good at these
OVERALL_BAR, CAPABILITY_BAR = 0.96, 0.85       # of all barred cases; of each capability and language
SLACK = 0.1                                    # by which a score may go the wrong way

Case = collections.namedtuple("Case", ["language", *COLUMNS])


def known_labels():
    """Head -> labels, from the taxonomy of the project."""
    heads = json.loads((HERE / "../../models/taxonomy.json").read_text(encoding="utf-8"))["heads"]
    labels = {head["name"]: {label["name"] for label in head["labels"]} for head in heads}
    return dict(labels, question={"true", "false"})


def expected(expect):
    """'head=a|b;head=c' as pairs of head and allowed labels."""
    pairs = (part.partition("=") for part in expect.split(";"))
    return [(head, set(labels.split("|"))) for head, _, labels in pairs]


def breach(case, labels):
    """What is wrong with the row, or None."""
    if case.capability not in BARRED + REPORTED:
        return "unknown capability " + case.capability
    if not case.text or bool(case.variant) != (case.kind != "mft"):
        return "a text is lacking, or one too many"
    if case.kind == "mft":
        for head, wanted in expected(case.expect):
            if head not in labels or not wanted <= labels[head]:
                return "unknown head or label in " + case.expect
    elif case.kind == "inv":
        if not set(case.expect.split(",")) <= set(labels):
            return "unknown head in " + case.expect
    elif case.kind != "dir" or case.expect not in ("score>", "score<"):
        return "unknown kind or direction: " + case.kind + " " + case.expect
    return None


def read_cases(paths):
    """All rows of the tables and the faults found in them."""
    labels, cases, faults, ids = known_labels(), [], [], set()
    for path in paths:
        lines = [(number, line) for number, line in
                 enumerate(path.read_text(encoding="utf-8").split("\n"), 1)
                 if line and not line.startswith("#")]
        if not lines or lines[0][1].split("\t") != COLUMNS:
            faults.append(f"{path.name}: the columns are not {' '.join(COLUMNS)}")
            continue
        for number, line in lines[1:]:
            cells = line.split("\t")
            if len(cells) != len(COLUMNS):
                faults.append(f"{path.name}:{number}: {len(cells)} columns")
                continue
            case = Case(path.stem, *cells)
            what = "twice the id" if case.id in ids else breach(case, labels)
            ids.add(case.id)
            if what:
                faults.append(f"{path.name}:{number}: {case.id}: {what}")
            else:
                cases.append(case)
    return cases, faults


def classify(nazar, model, texts):
    """Text -> answer, from one run of the command."""
    data = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    done = subprocess.run([nazar, "classify", "--model", model, "--input-format", "jsonl",
                           "--format", "jsonl", "--quiet", "--jobs", "1", "-"],
                          input=data.encode(), capture_output=True)
    lines = done.stdout.decode("utf-8").split("\n")[:-1]
    if done.returncode or len(lines) != len(texts):
        print(f"nazar classify: exit {done.returncode}, {len(lines)} answers to {len(texts)} texts")
        print(done.stderr.decode("utf-8", "replace")[:2000])
        sys.exit(2)
    return {text: json.loads(line)["nazar"] for text, line in zip(texts, lines)}


def value(answer, head):
    """The answer of a head as a set of labels."""
    if head == "types":
        return {item["label"] for item in answer["types"]}
    if head == "question":
        return {"true" if answer["question"] else "false"}
    got = answer[head]
    label = got["label"] if isinstance(got, dict) else got
    return {label or "none"}


def show(labels):
    return "|".join(sorted(labels)) or "-"


def failures(case, answers):
    """What of the case does not hold, in words; empty when it passes."""
    first, second = answers[case.text], answers.get(case.variant)
    if case.kind == "mft":
        return [f"{head} {show(value(first, head))}, not {show(wanted)}"
                for head, wanted in expected(case.expect) if not value(first, head) & wanted]
    if case.kind == "inv":
        return [f"{head} {show(value(first, head))} became {show(value(second, head))}"
                for head in case.expect.split(",") if value(first, head) != value(second, head)]
    before, after = (answer["sentiment"]["score"] or 0.0 for answer in (first, second))
    rise = after - before if case.expect == "score>" else before - after
    return [] if rise >= -SLACK else [f"score {before:+.2f} became {after:+.2f}"]


def table(counts, languages):
    """Prints passed/all per capability and language; returns what is under the bar."""
    print(f"{'':20}" + "".join(f"{language:>10}" for language in languages))
    under = []
    for name in BARRED + REPORTED:
        row = ""
        for language in languages:
            passed, total = counts[language, name]
            low = name in BARRED and total and passed < CAPABILITY_BAR * total
            row += f"{passed:>5}/{total:<3}{'*' if low else ' '}"
            if low:
                under.append(f"{language} {name}")
        print(f"{name:20}" + row + ("  no bar" if name in REPORTED else ""))
    return under


def main():
    parser = argparse.ArgumentParser(description="Behaviour tests of a model")
    parser.add_argument("--nazar", required=True, help="the built command")
    parser.add_argument("--model", required=True)
    parser.add_argument("--bar", action="store_true", help="exit 1 when the bar is broken")
    parser.add_argument("tables", nargs="*", type=pathlib.Path)
    args = parser.parse_args()
    cases, faults = read_cases(args.tables or sorted(HERE.glob("*.tsv")))
    if faults or not cases:
        print("\n".join(faults) or "no cases")
        return 2
    if not os.path.isfile(args.model):
        print("skipped: there is no model at", args.model)
        return 77
    texts = list(dict.fromkeys(t for case in cases for t in (case.text, case.variant) if t))
    answers = classify(args.nazar, args.model, texts)
    counts = collections.defaultdict(lambda: [0, 0])
    for case in cases:
        wrong = failures(case, answers)
        counts[case.language, case.capability][0] += not wrong
        counts[case.language, case.capability][1] += 1
        if wrong:
            print(f"FAILED {case.id} {case.capability}: {'; '.join(wrong)}: {case.text}"
                  + (f" => {case.variant}" if case.variant else ""))
    under = table(counts, sorted({case.language for case in cases}))
    barred = [pair for (_, name), pair in counts.items() if name in BARRED]
    passed, total = (sum(column) for column in zip(*barred))
    print(f"overall, without {', '.join(REPORTED)}: {passed}/{total}, {passed / total:.1%} "
          f"(bar {OVERALL_BAR:.0%})")
    print(f"under {CAPABILITY_BAR:.0%} (*):", ", ".join(under) or "none")
    return 1 if args.bar and (under or passed < OVERALL_BAR * total) else 0


if __name__ == "__main__":
    sys.exit(main())
