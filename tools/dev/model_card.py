#!/usr/bin/env python3
"""Write models/default.card.md from what the training run left behind.

    python3 tools/dev/model_card.py --rows build/default/rows.tsv --labels build/default/labels.json \
        --written build/default/written.json --sources build/default/sources.json \
        [--peer build/default/sklearn.json] > models/default.card.md

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
98.1% of sentiments and 90.9% of types. 8,400 more (`models/labels`) were read in the same way, once. The comments in
`models/corpus` were written and labelled for this project, by automatic writers as well, and in part read twice. All other
labels are those of the public sources below, mapped and weighted by `models/sources.tsv`. Rare kinds (nps, csat, ces, survey,
sales_objection, churn) are known almost only from written comments.

**How it was made.** Logistic regression (L-BFGS) over the features of `engine/feature/extract.h`; every source has an
intercept of its own in training that prediction drops; calibrated on rows that their fit had not seen, those drawn at
random weighing most and written ones a quarter of that; then pruned and rounded to bytes. Heads that few rows know also got
weights on word vectors, learned without labels from all comments (`engine/train/embed.h`) and folded into the words' own
weights. Development texts never trained.
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
    for name, label in (("labels", "hand-labelled rows of the sources below"),
                        ("searched", "models/labels, rows of the sources below"), ("written", "models/corpus, Apache-2.0")):
        yield f"| all | {name} | {label} | {counts[name]['train']} | {counts[name]['dev']} |"
    for language, source, terms, origin in origins:
        yield f"| {language} | {source}: {origin} | {terms} | {counts[source]['train']} | {counts[source]['dev']} |"


def parts(path, key):
    """Of a report: the parts that speak of one language, or of one source."""
    for part in json.load(open(path, encoding="utf-8"))["parts"]:
        other = "language" if key == "source" else "source"
        if part.get(key) and not part.get(other) and part["rows"] >= 30:
            yield part


def two_way_sources():
    """Sources that know good and bad alone: measured by the two-way head, as their labels were given."""
    seen = collections.defaultdict(set)
    for _, source, _, head, label, *_ in tsv(ROOT / "models" / "sources.tsv")[1]:
        if head == "sentiment":
            seen[source].add(label)
    return {source for source, labels in seen.items() if labels == {"positive", "negative"}}


def interval(part):
    low, high = part["macro_f1_interval"]
    return f"{100 * part['macro_f1']:.1f} ({100 * low:.1f} to {100 * high:.1f})"


def scores(title, name, path, key, peer):
    """One table of macro-F1; peer is {(head, source, language): F1}."""
    ahead = total = 0
    yield (f"\n## {title}\n\n| head | {key} | rows | accuracy | macro-F1 | scikit-learn's | calibration error |\n"
           "|---|---|---|---|---|---|---|")
    for part in parts(path, key):
        two_way = key == "source" and part["source"] in two_way_sources()
        if key == "source" and part["head"] in ("types", "sentiment" if two_way else "polarity"):
            continue
        peer_head = "sentiment" if two_way and part["head"] == "polarity" else part["head"]
        found = [f for (head, source, language), f in peer.items() if head == peer_head
                 and (source == part["source"] if key == "source" else
                      source == name and language == part["language"])]
        if found:
            total += 1
            ahead += part["macro_f1"] > found[0]
        ece = part.get("calibration_error")
        yield (f"| {part['head']} | {part[key]} | {part['rows']} | {100 * part['accuracy']:.1f} | {interval(part)} | "
               f"{f'{100 * found[0]:.1f}' if found else '-'} | {100 * ece:.1f} |" if ece is not None else
               f"| {part['head']} | {part[key]} | {part['rows']} | {100 * part['accuracy']:.1f} | {interval(part)} | - | - |")
    if total:
        yield f"\nAhead of the peer in {ahead} of {total}."


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("rows", "labels", "written", "sources"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--peer")
    parser.add_argument("--peer-note", default="on the same rows", help="on which rows the peer was trained and measured")
    args = parser.parse_args()
    peer = {}
    if args.peer:
        peer = {(r["head"], r["source"], r["language"]): r["macro_f1"]
                for r in json.load(open(args.peer, encoding="utf-8"))}
    print(HEAD, end="")
    print("\n".join(sources(args.rows)))
    print("\nAll scores are percent on development rows, with 95% bootstrap intervals, made by `nazar evaluate`; the peer is TF-IDF\n"
          "of words and characters with logistic regression (scikit-learn), `bench/quality_sklearn.py`, " + args.peer_note + ".")
    print("\n".join(scores("Hand-labelled real comments", "labels", args.labels, "language", peer)))
    print("\n".join(scores("Comments written for the project", "written", args.written, "language", peer)))
    print("\nSources whose labels know only good and bad are measured by the two-way head `polarity`, beside the peer's two-way\n"
          "answer; on them the four-way head also says mixed and neutral, which their labels cannot.")
    print("\n".join(scores("Public sources", "", args.sources, "source", peer)))


if __name__ == "__main__":
    main()
