#!/usr/bin/env python3
"""Make the training and development rows of the shipped model from public comments.

    python3 tools/dev/prepare_data.py --data ../shared/data --labels ../shared/labels --out build/data

Reads models/sources.tsv (how each source's labels become ours) and writes, never into the tree:
    train.jsonl  rows to train on                    dev_labels.jsonl   hand-labelled development rows
    dev_sources.jsonl  development rows of each source, labels as mapped
    dev_searched.jsonl  development rows of models/labels, which were searched for rare kinds
    dev_written.jsonl  development rows of the project's own comments (models/corpus)
A text goes to development by the source's own split, else by a hash of its normalised form (one in ten);
a text of any development part never trains, under any source.  Texts that repeat count at most REPEATS
times a label.  Needs the standard library only.
"""
import argparse
import collections
import gzip
import hashlib
import json
import pathlib
import re
import unicodedata

REPEATS = 4
LABELLED_WEIGHT, WRITTEN_WEIGHT = 3.0, 1.5
CHANNELS = {
    "cafebazaar_banks": "app_store", "cafebazaar_banks2025": "app_store", "aura": "app_store",
    "company_reviews": "app_store", "gplay4_htp": "app_store", "vu_appstore": "app_store",
    "urr_reviews_stars": "app_store", "urr_golden": "app_store", "ar_miner": "app_store",
    "ar_miner_stars": "app_store", "maalej": "app_store", "clap_scalabrino": "app_store",
    "shah_safe": "app_store", "itrc_opinion": "social", "senti_persian": "social",
    "marsa": "social", "samsung_eg": "social", "twitter_airline_support": "social",
    "airline_tweets": "social", "complaints_tweets": "social", "sxsw_brand_tweets": "social",
    "tweets_semeval17": "social", "nps_telecom": "nps_survey", "ijcnlp17_feedback": "survey",
    "canada_web_feedback": "survey", "banking77": "chat", "arbanking77": "chat",
}
# Site furniture in front of reviews that tells the rating: "(سيء) قبل 10 شهور".
LEAK = re.compile(r"^\s*\((?:سيء|جيد|ممتاز|مقبول|متوسط|ضعيف|جيد جدا)[^)]*\)\s*قبل\s+\S+(?:\s+(?:شهور|شهر|أشهر|ايام|أيام|يوم|سنة|سنوات|سنه|ساعات))?\s*")
FOLD = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "أ": "ا", "إ": "ا", "آ": "ا", "ـ": None})


def normalised(text):
    """Letters and digits only, folded: what makes two texts copies of each other."""
    text = unicodedata.normalize("NFKC", text).casefold().translate(FOLD)
    return "".join(c for c in text if c.isalnum() or (ord(c) > 0x1F000))


def digest(text):
    return hashlib.blake2b(text.encode(), digest_size=8).digest()


class Mapping:
    """The lines of models/sources.tsv, by source."""

    def __init__(self, path):
        self.lines = collections.defaultdict(list)
        rows = [l.rstrip("\n").split("\t") for l in path.open(encoding="utf-8")
                if l.strip() and not l.startswith("#")]
        assert rows[0][:4] == ["language", "source", "condition", "head"], path
        for language, source, condition, head, label, weight, *_ in rows[1:]:
            self.lines[source].append((condition.split(" & "), head, label, float(weight)))

    @staticmethod
    def holds(condition, row):
        if condition == "*":
            return True
        label = row.get("label") or ""
        if condition.startswith("only~"):
            parts = [p for p in re.split(r"[+|]", label) if p]
            return bool(parts) and all(p.startswith(condition[5:]) for p in parts)
        if condition.startswith("label~"):
            return condition[6:] in re.split(r"[+|]", label)
        match = re.fullmatch(r"stars(<=|>=)([\d.]+)", condition)
        if match:
            if row.get("rating") is None or not row.get("rating_max"):
                return False
            stars = float(row["rating"]) / float(row["rating_max"])
            return stars <= float(match[2]) if match[1] == "<=" else stars >= float(match[2])
        field, value = condition.split("=", 1)
        return str(row.get(field)) == value

    def apply(self, source, row):
        """{head: (label, weight)}, or None when the row is not to be used, and its use."""
        heads, use = {}, "train"
        for conditions, head, label, weight in self.lines.get(source, ()):
            if head not in heads and all(self.holds(c, row) for c in conditions):
                if head == "use":
                    use = label
                heads[head] = (label, weight)
        heads.pop("use", None)
        return (None if use == "skip" else heads), use


def read_sources(root, mapping):
    for path in sorted(root.glob("*/*.jsonl.gz")):
        source, language = path.name[: -len(".jsonl.gz")], path.parent.name
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                heads, use = mapping.apply(source, row)
                yield language, source, row, heads, use


def base_row(language, source, row, text):
    return {"id": row["id"], "text": text, "source": source, "language": language,
            **({"channel": CHANNELS[source]} if source in CHANNELS else {})}


def label_rows(path, language, ratings):
    for line in path.open(encoding="utf-8"):
        row = json.loads(line)
        source = row["id"].split(":")[0]
        out = base_row(language, "labels", row, row["text"])
        if source in CHANNELS:
            out["channel"] = CHANNELS[source]
        if row["id"] in ratings:
            out["rating"], out["rating_max"] = ratings[row["id"]]
        for head in ("category", "sentiment", "type", "types", "question", "split", "drawn"):
            out[head] = row[head]
        out["types"] = [t for t in row["types"] if t != "none"]
        out["reason"] = row["reason"] or "none"
        out["weight"] = LABELLED_WEIGHT
        yield out


def written_rows(folder):
    """The project's own comments: every head labelled, development rows by author batch."""
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.open(encoding="utf-8"):
            row = json.loads(line)
            out = {"id": row["id"], "text": row["text"], "source": "written", "language": path.stem,
                   "weight": WRITTEN_WEIGHT, "drawn": "written"}
            for head in ("category", "sentiment", "type", "question", "split"):
                out[head] = row[head]
            out["types"] = [t for t in row["types"] if t != "none"]
            out["reason"] = row["reason"] or "none"
            yield out


def searched_rows(folder, texts):
    """Real rows that were labelled for the project: source, row id and labels, without text."""
    for path in sorted(folder.glob("*.tsv")):
        lines = [l.rstrip("\n").split("\t") for l in path.open(encoding="utf-8") if l[0] != "#"]
        for cells in lines[1:]:
            row = dict(zip(lines[0], cells))
            if row["id"] not in texts:
                continue
            out = {"id": row["id"], "text": texts[row["id"]], "source": "labels", "language": path.stem,
                   "weight": LABELLED_WEIGHT, "drawn": "searched", "split": row["split"]}
            if row["source"] in CHANNELS:
                out["channel"] = CHANNELS[row["source"]]
            for head in ("category", "sentiment", "type"):
                out[head] = row[head]
            out["types"] = [t for t in row["types"].split(";") if t and t != "none"]
            out["reason"] = row["reason"] or "none"
            out["question"] = row["question"] == "true"
            yield out


def is_dev(source, row, key):
    if row.get("split") == "dev" and source not in ("snappfood", "taaghche"):
        return True
    return key[0] < 26 if row.get("split") != "train" else key[0] < 13


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--labels", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--mapping", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parents[2] / "models" / "sources.tsv")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)

    sources, ratings, texts = [], {}, {}
    for language, source, row, heads, use in read_sources(args.data, Mapping(args.mapping)):
        if row.get("rating") is not None and row.get("rating_max"):
            ratings[row["id"]] = (row["rating"], row["rating_max"])
        texts[row["id"]] = row["text"]
        if heads:
            text = LEAK.sub("", row["text"]) if source == "masc" else row["text"]
            sources.append((language, source, row, heads, use, text, digest(normalised(text))))
    labelled = [r for l in ("fa", "ar", "en") for r in label_rows(args.labels / f"{l}.jsonl", l, ratings)]

    known = {digest(normalised(r["text"])) for r in labelled}
    labelled += [r for r in searched_rows(args.mapping.parent / "labels", texts)
                 if digest(normalised(r["text"])) not in known]
    dev_keys = {digest(normalised(r["text"])) for r in labelled if r["split"] == "dev"}
    gold_keys = {digest(normalised(r["text"])) for r in labelled}
    # Hand-labelled training texts are worth more than one more row of a source's development part.
    dev_keys |= {key for _, source, row, _, _, _, key in sources
                 if is_dev(source, row, key) and key not in gold_keys}
    counts, repeats = collections.Counter(), collections.Counter()
    with open(args.out / "train.jsonl", "w", encoding="utf-8") as train, \
            open(args.out / "dev_labels.jsonl", "w", encoding="utf-8") as dev_labels, \
            open(args.out / "dev_sources.jsonl", "w", encoding="utf-8") as dev_sources, \
            open(args.out / "dev_searched.jsonl", "w", encoding="utf-8") as dev_searched:
        for row in labelled:
            dev = row["split"] == "dev"
            if not dev and digest(normalised(row["text"])) in dev_keys:
                counts["labels", "left out: copy of a development text"] += 1
                continue
            searched = row["drawn"] == "searched"
            out = dev_searched if dev and searched else dev_labels if dev else train
            print(json.dumps(row, ensure_ascii=False), file=out)
            counts["searched" if searched else "labels", "dev" if dev else "train"] += 1
        with open(args.out / "dev_written.jsonl", "w", encoding="utf-8") as dev_written:
            for row in written_rows(args.mapping.parent / "corpus"):
                print(json.dumps(row, ensure_ascii=False), file=dev_written if row["split"] == "dev" else train)
                counts["written", row["split"]] += 1
        for language, source, row, heads, use, text, key in sources:
            out = base_row(language, source, row, text)
            dev = is_dev(source, row, key)
            if key in gold_keys or (not dev and key in dev_keys):
                counts[source, "left out: copy of a development or hand-labelled text"] += 1
                continue
            if not dev:
                repeats[key, str(heads)] += 1
                if use == "evaluate" or repeats[key, str(heads)] > REPEATS:
                    counts[source, "left out: repeated or for evaluation only"] += 1
                    continue
            for head, (label, _) in heads.items():
                out[head] = (label == "true") if head == "question" else label
            out["weight"] = max(weight for _, weight in heads.values())
            out["split"] = "dev" if dev else "train"
            print(json.dumps(out, ensure_ascii=False), file=dev_sources if dev else train)
            counts[source, out["split"]] += 1
    for (source, what), n in sorted(counts.items()):
        print(f"{source}\t{what}\t{n}")


if __name__ == "__main__":
    main()
