#!/usr/bin/env python3
"""tools/dev/agreement.py against published worked examples, and what must hold for every reading."""
import collections
import json
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "dev"))
import agreement  # noqa: E402

# Cohen 1960, two psychologists and 200 patients: observed 0.70, chance 0.41, kappa 0.492.
COHEN = [[88, 10, 2], [14, 40, 6], [18, 10, 12]]
# Fleiss 1971, table 1: six psychiatrists and 30 patients, five diagnoses, kappa 0.430.
FLEISS = ("00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031 "
          "00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006").split()
# Krippendorff 2011: B (two observers, two values, 0.095), C (five values, 0.692), D (four, with gaps, 0.743).
TWO_VALUES = ["0100000010", "1110010000"]
FIVE_VALUES = ["aabbdcccedda", "babbbccceddd"]
GAPS = ["123321412***", "1233224125*3", "*3332342251*", "12332441251*"]


def patterns(rows):
    """Strings of one character a comment, one string a reader; * is a gap."""
    return collections.Counter(tuple(None if c == "*" else c for c in column) for column in zip(*rows, strict=True))


class Published(unittest.TestCase):
    def test_cohen_1960(self):
        pairs = collections.Counter({(i, j): n for i, row in enumerate(COHEN) for j, n in enumerate(row)})
        self.assertAlmostEqual(agreement.cohen(pairs), 0.492, places=3)

    def test_fleiss_1971(self):
        votes = collections.Counter("".join(d * int(n) for d, n in zip("abcde", row)) for row in FLEISS)
        self.assertAlmostEqual(agreement.fleiss({tuple(v): n for v, n in votes.items()}), 0.430, places=3)

    def test_krippendorff_2011(self):
        for rows, value in ((TWO_VALUES, 0.095), (FIVE_VALUES, 0.692), (GAPS, 0.743)):
            self.assertAlmostEqual(agreement.alpha(patterns(rows)), value, places=3)


class Always(unittest.TestCase):
    def test_bounds(self):
        same = collections.Counter({("a", "a"): 5, ("b", "b"): 5})
        against = collections.Counter({("a", "b"): 5, ("b", "a"): 5})
        for measure in (agreement.cohen, agreement.fleiss, agreement.alpha):
            self.assertEqual(measure(same), 1.0)
            self.assertLess(measure(against), 0)
            self.assertIsNone(measure(collections.Counter({("a", "a"): 10})))

    def test_files(self):
        """JSONL and TSV are read alike; ids that one reading lacks are left out; the seed decides the intervals."""
        one = {"id": "x-1", "category": "product", "sentiment": "negative", "type": "bug_report",
               "types": ["churn", "bug_report"], "reason": "", "question": False}
        with tempfile.TemporaryDirectory() as folder:
            first, second = pathlib.Path(folder, "a.jsonl"), pathlib.Path(folder, "b.tsv")
            rows = [one, {**one, "id": "x-2", "category": "service"}, {**one, "id": "x-3"}]
            first.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
            second.write_text("# remark\nid\tcategory\tsentiment\ttype\ttypes(;)\treason\tquestion\n"
                              "x-1\tproduct\tnegative\tbug_report\tbug_report;churn\t\tfalse\n"
                              "x-2\tsales\tnegative\tbug_report\tbug_report\t\tfalse\n", encoding="utf-8")
            readings = [agreement.read(str(first)), agreement.read(str(second))]
        self.assertEqual(readings[0]["x-1"], readings[1]["x-1"])
        records = list(agreement.compare(readings, 20, 1))
        self.assertEqual(records, list(agreement.compare(readings, 20, 1)))
        found = {(r["head"], r["label"]): r for r in records}
        self.assertEqual(found["category", None]["comments"], 2)
        self.assertEqual(found["category", None]["agreed"], 0.5)
        self.assertEqual(found["types", "churn"]["given"], [2, 1])
        self.assertTrue(list(agreement.table(records)))


if __name__ == "__main__":
    unittest.main()
