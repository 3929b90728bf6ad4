#!/usr/bin/env python3
"""tools/dev/corpus_measures.py and the bars of check_corpus.py, on comments made here."""
import pathlib
import random
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "dev"))
import check_corpus  # noqa: E402
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

    def test_known_bars_exist(self):
        self.assertTrue({language for language, _ in check_corpus.KNOWN} <= set(check_corpus.LANGUAGES))


if __name__ == "__main__":
    unittest.main()
