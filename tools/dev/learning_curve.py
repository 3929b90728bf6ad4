#!/usr/bin/env python3
"""How a simple model's kinds of feedback get better as the written corpus grows.

    python3 tools/dev/prepare_data.py --data ../shared/data --labels ../shared/labels --out build/data
    python3 tools/dev/learning_curve.py --rows build/data [--shares 0 0.125 0.25 0.5 1] >build/curve.md

One model a language: TF-IDF of words 1-2 and characters 2-5 inside words, logistic regression (scikit-learn).
It trains on all hand-labelled real rows and on the first share of the written ones, whole batches in the
order in which they were written; it is asked about the development rows, written and real, none of which
ever trains.  Prints a Markdown table: macro-F1 over the types that occur, and accuracy.  Needs scikit-learn.
"""
import argparse
import json
import pathlib
import re

import numpy as np
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score

LANGUAGES = ("fa", "ar", "en")
CORPUS = pathlib.Path(__file__).resolve().parents[2] / "models" / "corpus"


def read(path):
    with open(path, encoding="utf-8") as lines:
        return [row for row in map(json.loads, lines) if "type" in row]


def batch_order(language):
    """{id: place of its batch in the order of writing}; batches are numbered as they were written."""
    batches, of_row = [], {}
    for line in (CORPUS / f"{language}.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["batch"] not in batches:
            batches.append(row["batch"])
        of_row[row["id"]] = row["batch"]
    rank = {batch: place for place, batch in
            enumerate(sorted(batches, key=lambda name: int(re.search(r"\d+$", name).group())))}
    return {row: rank[batch] for row, batch in of_row.items()}


def first_share(rows, order, share):
    """The rows of the first batches that hold about this share of them."""
    rows = sorted(rows, key=lambda row: (order[row["id"].split(":")[-1]], row["id"]))
    return rows[:round(share * len(rows))]


def features(train, parts):
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, dtype=np.float32,
                            token_pattern=r"(?u)\b\w+\b|[^\w\s]")
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=3, sublinear_tf=True, dtype=np.float32)
    texts = [row["text"] for row in train]
    fitted = hstack([words.fit_transform(texts), characters.fit_transform(texts)]).tocsr()
    return fitted, [hstack([words.transform(t), characters.transform(t)]).tocsr()
                    for t in ([row["text"] for row in part] for part in parts)]


def score(train, parts):
    """[(macro-F1, accuracy)] of each part, in percent."""
    x, others = features(train, parts)
    model = LogisticRegression(C=8.0, max_iter=200, tol=1e-3).fit(x, [row["type"] for row in train])
    found = []
    for part, other in zip(parts, others):
        gold, guess = [row["type"] for row in part], model.predict(other)
        found.append((100 * f1_score(gold, guess, labels=sorted(set(gold)), average="macro", zero_division=0),
                      100 * accuracy_score(gold, guess)))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=pathlib.Path, required=True, help="folder of prepare_data.py")
    parser.add_argument("--shares", type=float, nargs="+", default=(0.0, 0.125, 0.25, 0.5, 0.75, 1.0))
    args = parser.parse_args()
    train = read(args.rows / "train.jsonl")
    parts = [read(args.rows / f"dev_{name}.jsonl") for name in ("written", "labels")]
    print("| language | written rows | written: macro-F1 | accuracy | real: macro-F1 | accuracy |\n|---|---|---|---|---|---|")
    for language in LANGUAGES:
        order = batch_order(language)
        mine = [row for row in train if row["language"] == language]
        real = [row for row in mine if row["source"] == "labels"]
        written = [row for row in mine if row["source"] == "written"]
        dev = [[row for row in part if row["language"] == language] for part in parts]
        for share in args.shares:
            chosen = first_share(written, order, share)
            figures = [f"{value:.1f}" for pair in score(real + chosen, dev) for value in pair]
            print(f"| {language} | {len(chosen)} | " + " | ".join(figures) + " |", flush=True)


if __name__ == "__main__":
    main()
