#!/usr/bin/env python3
"""The peer that a data scientist would write: TF-IDF of words and characters, logistic regression.

    python3 bench/quality_sklearn.py --train build/data/train.jsonl \
        --dev build/data/dev_labels.jsonl build/data/dev_sources.jsonl --out build/sklearn.json

Word 1-2-grams and character 2-5-grams inside words (char_wb), sublinear tf, C from a printed grid chosen
on a tenth of the training rows; the same rows and row weights as nazar gets.  Writes macro-F1 for every
head, development part, language and source.  Needs scikit-learn.
"""
import argparse
import collections
import json
import time

import numpy as np
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

HEADS = ("category", "type", "reason", "question", "sentiment")
GRID = (1.0, 4.0, 16.0)
GRID_ROWS = 40000  # C is chosen on at most so many rows


def read(paths):
    return [json.loads(line) for path in paths for line in open(path, encoding="utf-8")]


def macro_f1(gold, guess):
    labels = sorted(set(gold))
    return f1_score(gold, guess, labels=labels, average="macro", zero_division=0)


def fit(x, y, weights, c):
    return LogisticRegression(C=c, max_iter=200, tol=1e-3).fit(x, y, sample_weight=weights)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", nargs="+", required=True)
    parser.add_argument("--dev", nargs="+", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--heads", nargs="+", default=HEADS)
    args = parser.parse_args()
    train, dev = read(args.train), read(args.dev)
    result = []
    for head in args.heads:
        start = time.time()
        rows = [r for r in train if head in r]
        test = [r for r in dev if head in r]
        y = np.array([str(r[head]) for r in rows])
        weights = np.array([r.get("weight", 1.0) for r in rows])
        word = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, max_features=400000,
                               token_pattern=r"(?u)\b\w+\b|[^\w\s]", dtype=np.float32)
        char = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=3, sublinear_tf=True,
                               max_features=400000, dtype=np.float32)
        texts = [r["text"] for r in rows]
        x = hstack([word.fit_transform(texts), char.fit_transform(texts)]).tocsr()
        part = np.random.RandomState(1).permutation(len(rows))[:GRID_ROWS]
        held, kept = part[: len(part) // 10], part[len(part) // 10:]
        scores = {c: macro_f1(y[held], fit(x[kept], y[kept], weights[kept], c).predict(x[held])) for c in GRID}
        best = max(scores, key=scores.get)
        model = fit(x, y, weights, best)
        test_texts = [r["text"] for r in test]
        guess = model.predict(hstack([word.transform(test_texts), char.transform(test_texts)]).tocsr())
        groups = collections.defaultdict(list)
        for row, g in zip(test, guess):
            groups[row["source"], row["language"]].append((str(row[head]), g))
        for (source, language), pairs in sorted(groups.items()):
            gold, got = zip(*pairs)
            result.append({"head": head, "source": source, "language": language, "rows": len(pairs),
                           "macro_f1": macro_f1(gold, got),
                           "accuracy": float(np.mean([a == b for a, b in pairs]))})
        print(head, f"{len(rows)} rows, grid {scores}, C={best}, {time.time() - start:.0f} s", flush=True)
        for r in result:
            if r["head"] == head and r["source"] == "labels":
                print("   ", r, flush=True)
        json.dump(result, open(args.out, "w"), indent=1)


if __name__ == "__main__":
    main()
