#!/usr/bin/env python3
"""Write models/default.card.md from what the training run left behind.

    python3 tools/dev/model_card.py --rows build/default/rows.tsv --scores models/default.scores.json \
        [--peer build/sklearn.json] > models/default.card.md

Counts come from the rows that were made, terms from models/origins.tsv, scores from `nazar evaluate`,
the peer's from bench/quality_sklearn.py.  Needs the standard library only.
"""
import argparse
import collections
import json
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]

HEAD = """# Model card: models/default.nzm

Written by `tools/dev/model_card.py`; made by `bash tools/train_default.sh`. Labels: `models/taxonomy.json`.

**For:** sorting customer comments in Persian, Arabic (standard and dialects), English, Finglish and Arabizi.
**Not for:** deciding about people, legal or medical text, languages other than these three.

**How the labels were made.** 15,000 real comments were read and labelled in every head by one automatic reader (a
language model) after a written guide, not by people; two such readers working apart agreed on 97.6% of desks,
98.1% of sentiments and 90.9% of types. The comments in `models/corpus` were written and labelled for this project, by
automatic writers as well. All other labels are those of the public sources below, mapped and weighted by
`models/sources.tsv`. Rare kinds (nps, csat, ces, survey, sales_objection, churn) are known almost only from written comments.

**How it was made.** Logistic regression (L-BFGS) over the features of `engine/feature/extract.h`; every source has an
intercept of its own in training that prediction drops; calibrated on rows that their fit had not seen, those drawn at
random weighing most; then pruned and rounded to bytes. Development texts never trained.
The language votes of the tokeniser were also learned from the translation catalogues of installed programs.
"""


def tsv(path):
    rows = [l.rstrip("\n").split("\t") for l in open(path, encoding="utf-8") if l.strip() and l[0] != "#"]
    return rows[0], rows[1:]


def sources(rows_path):
    counts = collections.defaultdict(collections.Counter)
    for source, what, number in (l.rstrip("\n").split("\t") for l in open(rows_path, encoding="utf-8")):
        counts[source][what.split(":")[0]] += int(number)
    _, origins = tsv(ROOT / "models" / "origins.tsv")
    yield "\n## Comments\n\n| language | source | terms | trained on | development |\n|---|---|---|---|---|"
    for name, label in (("labels", "hand-labelled rows of the sources below"), ("written", "models/corpus, Apache-2.0")):
        yield f"| all | {name} | {label} | {counts[name]['train']} | {counts[name]['dev']} |"
    for language, source, terms, origin in origins:
        yield f"| {language} | {source}: {origin} | {terms} | {counts[source]['train']} | {counts[source]['dev']} |"


def macro(part):
    value = part.get("macro_f1")
    return value if isinstance(value, (int, float)) else value.get("value")


def scores(path, peer_path):
    report = json.load(open(path, encoding="utf-8"))
    peer = {}
    if peer_path:
        peer = {(r["head"], r["source"], r["language"]): r for r in json.load(open(peer_path, encoding="utf-8"))}
    ahead = total = 0
    yield ("\n## Macro-F1 on development rows, beside TF-IDF and logistic regression of scikit-learn on the same rows\n\n"
           "| head | source | language | rows | nazar | scikit-learn |\n|---|---|---|---|---|---|")
    for row in report:
        other = peer.get((row["head"], row["source"], row["language"]))
        if other:
            total += 1
            ahead += row["macro_f1"] > other["macro_f1"]
        yield (f"| {row['head']} | {row['source']} | {row['language']} | {row['rows']} | {row['macro_f1']:.4f} | "
               + (f"{other['macro_f1']:.4f} |" if other else "- |"))
    if total:
        yield f"\nAhead in {ahead} of {total}."


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", required=True)
    parser.add_argument("--scores", required=True)
    parser.add_argument("--peer")
    args = parser.parse_args()
    print(HEAD, end="")
    print("\n".join(sources(args.rows)))
    print("\n".join(scores(args.scores, args.peer)))


if __name__ == "__main__":
    main()
