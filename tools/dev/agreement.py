#!/usr/bin/env python3
"""How far two or more readers agree on the labels of the same comments, per head and per label.

    python3 tools/dev/agreement.py FIRST SECOND [THIRD ...] [--resamples 1000] [--seed 20261122] [--json]

A reading is a .jsonl or .tsv file (columns or fields id category sentiment type types reason question), or
REVISION:PATH, read by `git show`.  Only comments that every reading holds are compared.  The two readings of
the project's own comments, before any repair that followed:
    python3 tools/dev/agreement.py models/corpus/first_fa.tsv models/corpus/second_fa.tsv
Per label a head is reduced to "this label or not"; `types` is a set of labels, and as a head one value.

Cohen's kappa (two readers): J. Cohen, A coefficient of agreement for nominal scales, Educ. Psychol. Meas. 20, 1960.
Fleiss's kappa (any number; Scott's pi for two): J. L. Fleiss, Measuring nominal scale agreement among many
    raters, Psychol. Bull. 76, 1971.
Alpha, nominal: K. Krippendorff, Computing Krippendorff's alpha-reliability, Univ. of Pennsylvania, 2011.
Intervals: 95%, percentiles of comments drawn again with replacement; B. Efron, Bootstrap methods: another look
    at the jackknife, Ann. Statist. 7, 1979.
The three are checked by tests/dev/test_agreement.py.  Needs the standard library only.
"""
import argparse
import collections
import json
import pathlib
import random
import subprocess
import sys

HEADS = ("category", "sentiment", "type", "types", "reason", "question")
MEASURES = ("cohen", "fleiss", "alpha")
NAMES = {"cohen": "Cohen's kappa", "fleiss": "Fleiss's kappa", "alpha": "Krippendorff's alpha"}


def cohen(patterns):
    """Of two readers; patterns counts the pairs of values that a comment got.  None: undefined."""
    total, same = sum(patterns.values()), 0
    sides = (collections.Counter(), collections.Counter())
    for (one, other), n in patterns.items():
        same += n * (one == other)
        sides[0][one] += n
        sides[1][other] += n
    chance = sum(n * sides[1][value] for value, n in sides[0].items())
    return (same * total - chance) / (total * total - chance) if total * total > chance else None


def fleiss(patterns):
    """Of any number of readers, the same for every comment."""
    shares, within, total, readers = collections.Counter(), 0, 0, len(next(iter(patterns), ()))
    for values, n in patterns.items():
        counts = collections.Counter(values)
        within += n * sum(c * (c - 1) for c in counts.values())
        total += n
        for value, c in counts.items():
            shares[value] += n * c
    if not total or readers < 2:
        return None
    seen = within / (total * readers * (readers - 1))
    chance = sum(c * c for c in shares.values()) / (total * readers) ** 2
    return (seen - chance) / (1 - chance) if chance < 1 else None


def alpha(patterns):
    """Of any number of readers, nominal; a value None is a reading that is missing."""
    shares, apart, total = collections.Counter(), 0.0, 0
    for values, n in patterns.items():
        counts = collections.Counter(value for value in values if value is not None)
        readers = sum(counts.values())
        if readers < 2:
            continue
        total += n * readers
        apart += n * (readers * readers - sum(c * c for c in counts.values())) / (readers - 1)
        for value, c in counts.items():
            shares[value] += n * c
    chance = total * total - sum(c * c for c in shares.values())
    return 1 - (total - 1) * apart / chance if chance else None


def agreed(patterns):
    """The share of comments on which all readers say the same."""
    return sum(n for values, n in patterns.items() if len(set(values)) == 1) / sum(patterns.values())


MEASURE = {"cohen": cohen, "fleiss": fleiss, "alpha": alpha}


def lines_of(reading):
    """The lines of a file, or of REVISION:PATH."""
    if ":" in reading and not pathlib.Path(reading).exists():
        return subprocess.run(["git", "show", reading], check=True, capture_output=True).stdout.decode().splitlines()
    return pathlib.Path(reading).read_text(encoding="utf-8").splitlines()


def values_of(row):
    """Head -> the labels of the row, always as a tuple."""
    types = row["types"] if isinstance(row["types"], list) else row["types"].split(";")
    return {"category": (row["category"],), "sentiment": (row["sentiment"],), "type": (row["type"],),
            "types": tuple(sorted(t for t in types if t)), "reason": (row["reason"] or "none",),
            "question": (str(row["question"]).lower(),)}


def read(reading):
    """Id -> head -> labels.  A TSV names its columns in the first line that is no remark."""
    lines = [line for line in lines_of(reading) if line.strip() and not line.startswith("#")]
    if lines[0].startswith("{"):
        rows = [json.loads(line) for line in lines]
    else:
        names = [name.split("(")[0] for name in lines[0].split("\t")]
        rows = [dict(zip(names, line.split("\t"))) for line in lines[1:]]
    return {row["id"]: values_of(row) for row in rows}


def labels_of(patterns):
    """The labels of a head that any reader gave, those given most first."""
    counts = collections.Counter()
    for values, n in patterns.items():
        for labels in values:
            for label in labels:
                counts[label] += n
    return [label for label, _ in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]


def reduced(patterns, label):
    """The patterns of "this label or not"."""
    out = collections.Counter()
    for values, n in patterns.items():
        out[tuple(label in labels for labels in values)] += n
    return out


def all_patterns(comments, labels):
    """(head, label or None) -> patterns, of comments given as one tuple of patterns a head."""
    counts = collections.Counter(comments)
    for position, head in enumerate(HEADS):
        whole = collections.Counter()
        for comment, n in counts.items():
            whole[comment[position]] += n
        yield (head, None), whole
        for label in labels[head]:
            yield (head, label), reduced(whole, label)


def interval(draws):
    """The middle 95% of what the draws gave; None when one in twenty gave nothing."""
    kept = sorted(value for value in draws if value is not None)
    if not kept or len(kept) < 0.95 * len(draws):
        return None
    return [kept[int(0.025 * len(kept))], kept[min(len(kept) - 1, int(0.975 * len(kept)))]]


def compare(readings, resamples, seed):
    """One record for each head and each of its labels: counts, agreement, measures and intervals."""
    ids = sorted(set(readings[0]).intersection(*readings[1:]))
    comments = [tuple(tuple(reading[i][head] for reading in readings) for head in HEADS) for i in ids]
    wholes = {head: collections.Counter(c[p] for c in comments) for p, head in enumerate(HEADS)}
    labels = {head: labels_of(whole) for head, whole in wholes.items()}
    measures = [m for m in MEASURES if m != "cohen" or len(readings) == 2]
    draws, rng = collections.defaultdict(list), random.Random(seed)
    for _ in range(resamples):
        for key, patterns in all_patterns(rng.choices(comments, k=len(comments)), labels):
            for m in measures:
                draws[key, m].append(MEASURE[m](patterns))
    for (head, label), patterns in all_patterns(comments, labels):
        record = {"head": head, "label": label, "comments": len(ids), "agreed": agreed(patterns)}
        if label is not None:
            record["given"] = [sum(n for values, n in patterns.items() if values[r]) for r in range(len(readings))]
        for m in measures:
            record[m] = {"value": MEASURE[m](patterns), "interval": interval(draws[(head, label), m])}
        yield record


def shown(figure):
    """A measure as 0.93 (0.90 to 0.96)."""
    if figure["value"] is None:
        return "-"
    if figure["interval"] is None:
        return f"{figure['value']:.2f}"
    return f"{figure['value']:.2f} ({figure['interval'][0]:.2f} to {figure['interval'][1]:.2f})"


def table(records):
    """The records as a Markdown table."""
    measures = [m for m in MEASURES if m in records[0]]
    yield "| head | label | given | agreed | " + " | ".join(NAMES[m] for m in measures) + " |"
    yield "|---|---|---|---|" + "---|" * len(measures)
    for r in records:
        given = " / ".join(str(n) for n in r["given"]) if "given" in r else str(r["comments"])
        yield (f"| {r['head']} | {r['label'] or '**all**'} | {given} | {100 * r['agreed']:.1f}% | "
               + " | ".join(shown(r[m]) for m in measures) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("readings", nargs="+", metavar="READING")
    parser.add_argument("--resamples", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--json", action="store_true", help="one record a line instead of a table")
    args = parser.parse_args()
    if len(args.readings) < 2:
        parser.error("two readings at least")
    readings = [read(reading) for reading in args.readings]
    if not set(readings[0]).intersection(*readings[1:]):
        parser.error("the readings have no comment in common")
    records = list(compare(readings, args.resamples, args.seed))
    print("\n".join(json.dumps(r) for r in records) if args.json else "\n".join(table(records)))


if __name__ == "__main__":
    sys.exit(main())
