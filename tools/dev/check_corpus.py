#!/usr/bin/env python3
"""Check models/corpus/LL.jsonl, the comments written for the project: enough of everything, and varied enough.

    python3 tools/dev/check_corpus.py [LL ...]                   the quick bars, seconds, standard library only
    python3 tools/dev/check_corpus.py --real ../shared/data      also words and lengths beside real comments
    python3 tools/dev/check_corpus.py --style                    also: style may not tell the kind (scikit-learn)
    python3 tools/dev/check_corpus.py --known                    as the gate calls it: bars in KNOWN do not fail
    python3 tools/dev/check_corpus.py --card --style --real ../shared/data > build/card.md

Prints one line a bar and language, with the figure found; exit 1 when one is broken.  --card prints the Markdown card
instead (models/corpus/README.md), bars and their figures in it.  Real comments are counted, never shown; without their
folder a line says so.
"""
import argparse
import collections
import json
import pathlib
import sys

import corpus_measures as measures

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPUS = ROOT / "models" / "corpus"
LANGUAGES = ("fa", "ar", "en")
RARE = ("nps", "csat", "ces", "survey", "sales_objection", "churn")
FREQUENT = ("bug_report", "feature_request", "complaint", "praise", "review", "product_feedback")
REGISTERS = ("survey_box", "chat", "letter", "call_note", "social")
DIALECTS = {"fa": {"colloquial": ("colloquial", "tehrani"), "formal": ("formal",)},
            "ar": {d: (d, d + "_arabizi") for d in ("gulf", "egyptian", "levantine", "iraqi", "maghrebi", "standard")},
            "en": {"british": ("british",), "american": ("american",)}}
SPELLINGS = {"fa": ("ASCII digits", "Persian digits", "Arabic digits", "emoji", "Arabic ي or ك", "half-space missing"),
             "ar": ("ASCII digits", "Arabic digits", "emoji", "hamza left out"), "en": ("emoji",)}
FIELDS = {"id", "text", "category", "sentiment", "type", "types", "reason", "question", "language", "industry", "register",
          "dialect", "near_miss", "batch", "split"}
# Reason -> the kinds it belongs to, as models/labelling.md says.
REASONS = {reason: kinds for kinds, reasons in {
    ("complaint",): "long_wait out_of_stock repeating_the_problem uninterested_agent not_solved_first_time no_follow_up "
                    "late_or_wrong_delivery billing_or_refund misleading_offer",
    ("complaint", "bug_report"): "faulty_product", ("sales_objection",): "no_interest no_need_now",
    ("sales_objection", "churn"): "price missing_feature competitor people",
    ("churn",): "stopped_using bad_experience"}.items() for reason in reasons.split()}
WORDS_BESIDE = 40000  # words of the written and of real comments that are compared
STYLE_SPARE = 0.02    # see the bar

# Bars that are broken and known to be: take a line out when its bar holds.
KNOWN = set()  # of (language, name of the bar)

Bar = collections.namedtuple("Bar", "name asked found holds detail", defaults=("",))


class Corpus:
    """One language's comments, and the ids that have a second reading."""

    def __init__(self, language, listed):
        self.language, self.listed = language, listed
        with (CORPUS / f"{language}.jsonl").open(encoding="utf-8") as lines:
            self.rows = [json.loads(line) for line in lines if line.strip()]
        self.texts = [row["text"] for row in self.rows]
        self.read_twice = self.second_ids() & {row["id"] for row in self.rows}
        self.repeats = list(measures.near_duplicates(self.texts))

    def second_ids(self):
        path = CORPUS / f"second_{self.language}.tsv"
        if not path.exists():
            return set()
        lines = path.read_text(encoding="utf-8").splitlines()
        return {line.split("\t")[0] for line in lines if line.strip() and line[0] != "#"}

    def count(self, field):
        return collections.Counter(row[field] for row in self.rows)

    def share(self, holds):
        return sum(map(bool, map(holds, self.rows))) / len(self.rows)

    def lengths(self):
        return [len(text.split()) for text in self.texts]

    def ways_of_writing(self):
        """Way of writing -> how many comments show it."""
        return {name: sum(bool(measures.SPELLING[name].search(text)) for text in self.texts)
                for name in SPELLINGS[self.language]}

    def key_words(self):
        """Rare kind -> the share of its comments that hold one of its obvious words."""
        joined = [(row["type"], " ".join(measures.words(row["text"]))) for row in self.rows]
        out = {}
        for kind in RARE:
            pattern, texts = measures.pattern(self.listed["key", kind]), [text for k, text in joined if k == kind]
            out[kind] = sum(bool(pattern.search(text)) for text in texts) / max(1, len(texts))
        return out

    def telling_words(self, sure=0.5):
        """Rare kind -> the word that most of its comments hold, of those that mostly stand in this kind, and its share."""
        kinds, whole, inside = self.count("type"), collections.Counter(), collections.defaultdict(collections.Counter)
        for row in self.rows:
            held = set(measures.words(row["text"]))
            whole.update(held)
            inside[row["type"]].update(held)
        out = {}
        for kind in RARE:
            telling = [(n, word) for word, n in inside[kind].items() if n > sure * whole[word]]
            n, word = max(telling, default=(0, "-"))
            out[kind] = (word, n / max(1, kinds[kind]))
        return out

    def batches(self):
        """Batch -> its comments."""
        out = collections.defaultdict(list)
        for row in self.rows:
            out[row["batch"]].append(row)
        return out


def read_words():
    """Language -> (use, kind) -> words, of corpus_words.tsv."""
    out = collections.defaultdict(dict)
    for line in pathlib.Path(__file__).with_name("corpus_words.tsv").read_text(encoding="utf-8").splitlines():
        language, *cells = line.split("\t")
        if language in LANGUAGES:
            out[language][cells[0], cells[1]] = cells[2].split()
    return out


def read_taxonomy():
    taxonomy = json.loads((ROOT / "models" / "taxonomy.json").read_text(encoding="utf-8"))
    return {head["name"]: [label["name"] for label in head["labels"]] for head in taxonomy["heads"]}, taxonomy["forbidden"]


def clashes(row, forbidden):
    """Whether labels meet that cannot (the pairs of the taxonomy, and what models/labelling.md adds)."""
    row = {**row, "reason": row["reason"] or "none"}
    # An added kind may bring its reason along; the engine, which answers for the main one, leaves it out.
    added = row["reason"] != "none" and bool(set(REASONS[row["reason"]]) & set(row["types"][1:]))
    for conditions in forbidden:
        if added and any(c["head"] == "reason" for c in conditions):
            continue
        if all(row[c["head"]] not in c["not"] if "not" in c else row[c["head"]] in c.get("labels", [c.get("label")])
               for c in conditions):
            return True
    return (row["question"] and "complaint" not in row["types"]) or (row["type"] == "none" and len(row["types"]) > 1) \
        or (row["reason"] != "none" and not set(REASONS[row["reason"]]) & set(row["types"]))


def row_fault(row, language, heads, forbidden):
    """What is wrong with the labels of one comment, or None."""
    spoken = LANGUAGES if row.get("type") == "none" else (language,)  # another language is no feedback
    if set(row) != FIELDS or row["language"] not in (*spoken, "mixed") or not row["text"].strip():
        return "fields"
    if any(row[head] not in heads[head] for head in ("category", "sentiment", "type")) \
            or (row["reason"] or "none") not in heads["reason"] or not isinstance(row["question"], bool):
        return "no label of the taxonomy"
    if row["types"][:1] != [row["type"]] or len(set(row["types"])) != len(row["types"]) \
            or not set(row["types"]) <= set(heads["type"]):
        return "types"
    return "labels that cannot meet" if clashes(row, forbidden) else None


def label_bars(corpus):
    heads, forbidden = read_taxonomy()
    faults = {row["id"]: row_fault(row, corpus.language, heads, forbidden) for row in corpus.rows}
    unmet = [i for i, fault in faults.items() if fault == "labels that cannot meet"]
    other = [f"{i} {fault}" for i, fault in faults.items() if fault and i not in unmet]
    yield Bar("comments not labelled in every head", "none", str(len(other)), not other, "; ".join(other))
    yield Bar("comments with labels that cannot meet", "none", str(len(unmet)), not unmet, " ".join(unmet))
    repeated = [i for i, n in corpus.count("id").items() if n > 1]
    yield Bar("ids that repeat", "none", str(len(repeated)), not repeated, " ".join(repeated))
    mixed = [name for name, rows in corpus.batches().items() if len({row["split"] for row in rows}) > 1]
    yield Bar("author batches in both parts of the split", "none", str(len(mixed)), not mixed, " ".join(mixed))


def count_bars(corpus):
    kinds, reasons = corpus.count("type"), corpus.count("reason")
    least = min(RARE, key=lambda kind: kinds[kind])
    yield Bar("comments", "3,500", f"{len(corpus.rows):,}", len(corpus.rows) >= 3500)
    yield Bar("of each rarer kind", "250", f"{least} {kinds[least]}", kinds[least] >= 250)
    rare, frequent = (sum(kinds[kind] for kind in group) for group in (RARE, FREQUENT))
    yield Bar("frequent kinds", "as many as rarer ones", f"{frequent:,} to {rare:,}", frequent >= rare)
    fewest = min(REASONS, key=lambda reason: reasons[reason])
    yield Bar("of each reason", "40", f"{fewest} {reasons[fewest]}", reasons[fewest] >= 40)
    near = corpus.share(lambda row: row["near_miss"])
    yield Bar("near misses", "20%", f"{100 * near:.1f}%", near >= 0.2)
    twice = len(corpus.read_twice) / len(corpus.rows)
    yield Bar("read a second time, blind", "15%", f"{100 * twice:.1f}%", twice >= 0.15)
    dev = corpus.share(lambda row: row["split"] == "dev")
    yield Bar("development rows", "10% to 25%", f"{100 * dev:.1f}%", 0.1 <= dev <= 0.25)


def variety_bars(corpus):
    industries = sum(n >= 20 for n in corpus.count("industry").values())
    yield Bar("industries with 20 comments or more", "20", str(industries), industries >= 20)
    lengths = corpus.lengths()
    outside = sum(not 3 <= n <= 80 for n in lengths) / len(lengths)
    yield Bar("outside 3 to 80 words", "at most 3%", f"{100 * outside:.1f}%", outside <= 0.03)
    long = sum(n >= 50 for n in lengths) / len(lengths)
    yield Bar("of 50 words and more", "1%", f"{100 * long:.1f}%", long >= 0.01)
    registers = corpus.count("register")
    thinnest = min(REGISTERS, key=lambda name: registers[name])
    share = registers[thinnest] / len(corpus.rows)
    yield Bar("of each of five registers", "3%", f"{thinnest} {100 * share:.1f}%", share >= 0.03)
    dialects = corpus.count("dialect")
    shares = {d: sum(dialects[n] for n in names) / len(corpus.rows) for d, names in DIALECTS[corpus.language].items()}
    dialect = min(shares, key=shares.get)
    yield Bar("of each named dialect", "5%", f"{dialect} {100 * shares[dialect]:.1f}%", shares[dialect] >= 0.05)


def spelling_bars(corpus):
    mixed = corpus.share(lambda row: row["language"] == "mixed")
    yield Bar("of mixed languages", "3% to 8%", f"{100 * mixed:.1f}%", 0.03 <= mixed <= 0.08)
    if corpus.language != "en":
        latin = corpus.share(lambda row: measures.script(row["text"]) == "latin")
        yield Bar("in Latin letters", "3% to 8%", f"{100 * latin:.1f}%", 0.03 <= latin <= 0.08)
    found = corpus.ways_of_writing()
    rarest = min(found, key=found.get)
    yield Bar("of each way of writing", "10", f"{rarest} {found[rarest]}", found[rarest] >= 10)


def sameness_bars(corpus):
    rows, close = corpus.rows, {i for i, j, _ in corpus.repeats} | {j for i, j, _ in corpus.repeats}
    across = sum(rows[i]["split"] != rows[j]["split"] for i, j, _ in corpus.repeats)
    pairs = " ".join(f"{rows[i]['id']}={rows[j]['id']}" for i, j, _ in corpus.repeats)
    yield Bar("near-duplicates", "at most 0.5%, none across the split", f"{100 * len(close) / len(rows):.2f}%, {across} across",
              len(close) <= 0.005 * len(rows) and not across, pairs)
    thin = {name: measures.distinct(list(measures.some_words([row["text"] for row in batch], 400)), 2)
            for name, batch in corpus.batches().items()}
    name = min(thin, key=thin.get)
    yield Bar("different word pairs in 400 words of each batch", "92%", f"{name} {100 * thin[name]:.1f}%", thin[name] >= 0.92)
    shares = corpus.key_words()
    broken = [f"{kind} {100 * share:.0f}%" for kind, share in shares.items() if share > 0.2]
    most = max(shares, key=shares.get)
    yield Bar("with an obvious word, of each rarer kind", "at most 20%",
              ", ".join(broken) or f"{most} {100 * shares[most]:.0f}%", not broken)


def quick_bars(corpus):
    for bars in (label_bars, count_bars, variety_bars, spelling_bars, sameness_bars):
        yield from bars(corpus)


def real_bars(written, real):
    """Written beside real comments: figures of measures.diversity()."""
    names = ("different words", "different word pairs", "different word triples")
    for name, mine, theirs in zip(names, written["distinct"], real["distinct"]):
        yield Bar(f"{name} beside real comments", "0.9 of theirs", f"{mine / theirs:.2f}", mine >= 0.9 * theirs)
    growth = [written["growth"][n] / real["growth"][n] for n in real["growth"] if n in written["growth"]]
    yield Bar("vocabulary as it grows beside real comments", "0.9 of theirs", f"{min(growth):.2f}", min(growth) >= 0.9)
    longest, theirs = written["lengths"][-1], real["lengths"][-1]
    yield Bar("95th percentile of length beside real comments", "half of theirs", f"{longest} to {theirs} words",
              longest >= theirs / 2)


def style_bars(style):
    """Chosen after seeing: kinds differ in style by nature, so the frequent kinds among themselves are the measure."""
    bar = style["frequent_mean"] + STYLE_SPARE
    yield Bar("style tells rarer from frequent kinds (AUC)", "no better than frequent ones from each other, by 0.02",
              f"{style['style']:.2f}, they {style['frequent_mean']:.2f}", style["style"] <= bar)


def measured(language, args):
    """Corpus, bars, and what was measured on demand, of one language."""
    corpus = Corpus(language, read_words()[language])
    bars, beside, style = list(quick_bars(corpus)), None, None
    if args.real and (args.real / language).is_dir():
        limit = min(WORDS_BESIDE, sum(len(measures.words(text)) for text in corpus.texts))
        beside = [measures.diversity(texts, limit) for texts in (corpus.texts, measures.real_texts(args.real, language))]
        bars += real_bars(*beside)
        copies = measures.copied(corpus.texts, args.real, language)
        bars.append(Bar("of five words and more that stand in a real source", "none", str(len(copies)), not copies,
                        " ".join(corpus.rows[i]["id"] for i in copies)))
    elif args.real:
        print(f"{language}: skipped: no real comments in {args.real}", file=sys.stderr)
    if args.style:
        import corpus_style
        style = corpus_style.report(corpus.rows, RARE, FREQUENT, corpus.listed["function", "-"])
        bars += style_bars(style)
    return {"corpus": corpus, "bars": bars, "beside": beside, "style": style}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("languages", nargs="*", metavar="LL", help="fa ar en; default: all")
    parser.add_argument("--real", type=pathlib.Path, help="folder of real comments: LL/SOURCE.jsonl.gz")
    parser.add_argument("--style", action="store_true", help="also the style check; needs scikit-learn")
    parser.add_argument("--known", action="store_true", help="do not fail for the bars that KNOWN names")
    parser.add_argument("--card", action="store_true", help="print the Markdown card")
    parser.add_argument("--curve", type=pathlib.Path, help="what learning_curve.py printed, for the card")
    args = parser.parse_args()
    if not set(args.languages) <= set(LANGUAGES):
        parser.error(f"languages are {' '.join(LANGUAGES)}")
    found = {language: measured(language, args) for language in args.languages or LANGUAGES}
    if args.card:
        import corpus_card
        print("\n".join(corpus_card.card(found, args.curve.read_text(encoding="utf-8") if args.curve else None)))
        return 0
    broken = 0
    for language, part in found.items():
        for bar in part["bars"]:
            known = args.known and (language, bar.name) in KNOWN
            word = "holds " if bar.holds else "known " if known else "BROKEN"
            print(f"{language}: {word} {bar.name}: {bar.found} (asked: {bar.asked}) {bar.detail}".rstrip())
            broken += not bar.holds and not known
    print(f"{broken} bars broken")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
