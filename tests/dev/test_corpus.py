#!/usr/bin/env python3
"""tools/dev/corpus_measures.py and the bars of check_corpus.py, on comments made here."""
import json
import pathlib
import random
import sys
import tempfile
import types
import unittest
from unittest import mock

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "dev"))
import check_corpus  # noqa: E402
import corpus_card  # noqa: E402
import corpus_measures as measures  # noqa: E402

ROW = {"id": "x-1", "text": "t", "category": "product", "sentiment": "negative", "type": "bug_report", "types": ["bug_report"],
       "reason": "", "question": False, "language": "en", "industry": "bank", "register": "chat", "dialect": "british",
       "near_miss": False, "batch": "x", "split": "train"}


class Measures(unittest.TestCase):
    def test_folded(self):
        self.assertEqual(measures.folded("كتابٌ ۱٢3 می‌روم ABC"), "کتاب 123 میروم abc")

    def test_near_duplicates_are_those_of_every_pair(self):
        rng, texts = random.Random(5), ["", "!", "..", "ok"]
        for _ in range(150):
            words = [rng.choice("alpha beta gamma delta so it is".split()) for _ in range(rng.randint(1, 7))]
            texts.append(" ".join(words))
        sets = [measures.grams(text) for text in texts]
        slow = {(i, j) for j in range(len(sets)) for i in range(j)
                if len(sets[i] & sets[j]) / len(sets[i] | sets[j]) > measures.REPEATED}
        self.assertEqual({(i, j) for i, j, _ in measures.near_duplicates(texts)}, slow)
        self.assertGreater(len(slow), 10)

    def test_distinct_and_growth(self):
        self.assertEqual(measures.distinct([["a", "b", "a", "b"]], 2), 2 / 3)
        found = measures.diversity(["one two", "one three"], 4)
        self.assertEqual((found["words"], found["distinct"][0], found["growth"][4]), (4, 0.75, 3))

    def test_pattern(self):
        pattern = measures.pattern(["satisf*", "out_of_ten"])
        for text, holds in (("quite satisfied", True), ("nine out of ten", True), ("unsatisfied", False), ("often", False)):
            self.assertEqual(bool(pattern.search(text)), holds, text)


class Labels(unittest.TestCase):
    def test_row_fault(self):
        heads, forbidden = check_corpus.read_taxonomy()
        for change, fault in (({}, None), ({"sentiment": "glad"}, "no label of the taxonomy"), ({"types": ["churn"]}, "types"),
                              ({"reason": "price"}, "labels that cannot meet"), ({"language": "fa"}, "fields"),
                              ({"type": "none", "types": ["none"]}, "labels that cannot meet"),
                              ({"question": True}, "labels that cannot meet"),
                              ({"type": "churn", "types": ["churn"], "reason": "price"}, None)):
            self.assertEqual(check_corpus.row_fault({**ROW, **change}, "en", heads, forbidden), fault, change)

    def test_bars_name_what_is_broken(self):
        rows = [{**ROW, "id": "x-1", "text": "the lift is slow again this week"},
                {**ROW, "id": "x-2", "text": "The lift is slow again, this week!", "split": "dev"},
                {**ROW, "id": "x-3", "text": "I cancel today", "type": "churn", "types": ["churn"], "question": True}]
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "en.jsonl")
            path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
            with mock.patch.object(check_corpus, "CORPUS", pathlib.Path(folder)):
                corpus = check_corpus.Corpus("en", check_corpus.read_words()["en"])
            bars = {bar.name: bar for bar in check_corpus.quick_bars(corpus)}
        for name, detail in (("near-duplicates", "x-1=x-2"), ("comments with labels that cannot meet", "x-3"),
                             ("author batches in both parts of the split", "x")):
            self.assertFalse(bars[name].holds, name)
            self.assertEqual(bars[name].detail, detail)
        self.assertFalse(bars["with an obvious word, of each rarer kind"].holds)
        self.assertFalse(bars["comments"].holds)
        self.assertTrue(bars["comments not labelled in every head"].holds)

    def test_card(self):
        asked = types.SimpleNamespace(real=None, style=False)
        with mock.patch.object(corpus_card, "RESAMPLES", 2):
            lines = "\n".join(corpus_card.card({"en": check_corpus.measured("en", asked)})).split("\n")
        self.assertEqual([], [line for line in lines if len(line) > 128 and line[0] != "|"])
        self.assertTrue(any(line.startswith("| type: churn |") for line in lines))

    def test_known_bars_exist(self):
        self.assertTrue({language for language, _ in check_corpus.KNOWN} <= set(check_corpus.LANGUAGES))


if __name__ == "__main__":
    unittest.main()
