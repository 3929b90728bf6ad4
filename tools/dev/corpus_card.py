"""The Markdown card of models/corpus, from what check_corpus.py measured.  Standard library only."""
import pathlib

import agreement

CORPUS = pathlib.Path(__file__).resolve().parents[2] / "models" / "corpus"
RESAMPLES, SEED = 1000, 20261122
RARE = ("nps", "csat", "ces", "survey", "sales_objection", "churn")

HEAD = """# Comments written for the project

Written by `python3 tools/dev/check_corpus.py --card --style --real ../shared/data > build/card.md`, then copied here.

`fa.jsonl`, `ar.jsonl`, `en.jsonl`: customer comments of our own, Apache-2.0 like the rest, one JSON object a line, labelled
in every head (`models/taxonomy.json`, `models/labelling.md`). They exist because public data has almost none of the six rarer
kinds of feedback (nps, csat, ces, survey, sales_objection, churn); the frequent kinds are written in the same voices, so that
style says little about the kind.

Fields beside the labels: `language` (or `mixed`), `industry`, `register`, `dialect`, `near_miss` (looks like another kind
than it is), `batch` (one imagined set of authors), `split` (whole batches are development rows). `first_LL.tsv` and
`second_LL.tsv` are two readings of the same comments, labels only, as they were before any repair.

**How they were made.** Written by automatic writers (language models), batch by batch; not by people, not from templates,
and no text of a public source was copied. The writer of a comment also gave it its first labels. A sample, drawn by main type
with at least 25 of each so that rare labels are in it, was read a second time by another automatic reader (a language model
as well) that saw id and text alone. Where the two differed the page of labelling decided, and rows like them were read again;
labels were repaired, some texts rewritten. What was written after that has one reading; what was reworded after it is
counted as read twice all the same. No person has read them all: readers of one make may share mistakes, and agreement between
them is not agreement with people.
"""

LIMITS = """
## Known to be thin

- Long comments: real ones run to about twice the length ("beside real comments" above).
- Second kinds: few comments have one.
- Obvious words are rare by the list, but csat often names the day ("today"), nps often a friend or a digit: see the table that
  knows no list.
- Style helps a model: list marks and colons speak for survey, digits and commas for csat and nps, a question mark for the
  frequent kinds. Reviews and app reviews hold few of the rarer kinds, survey boxes and call notes many.
- Industries are named by each writer, so finer names of one language are not finer industries; only broad ones are
  comparable.
- Nobody knows how real customers would fill these boxes: what a model scores here says nothing of its score on real answers.
"""


def counted(numbers, languages, order=None):
    """Lines of a table: label, then a count a language; numbers is {language: Counter}."""
    labels = order or sorted({x for c in numbers.values() for x in c}, key=lambda x: -sum(c[x] for c in numbers.values()))
    for label in labels:
        yield f"| {label} | " + " | ".join(f"{numbers[language][label]:,}" for language in languages) + " |"


def header(first, languages):
    return f"| {first} | " + " | ".join(languages) + " |\n|---|" + "---|" * len(languages)


def overview(found):
    """One line a language."""
    yield "\n## Counts\n"
    yield "| language | comments | words | of the six rarer kinds | near misses | second kind | development | batches |"
    yield "|---|---|---|---|---|---|---|---|"
    for language, part in found.items():
        corpus = part["corpus"]
        rare, near = corpus.share(lambda row: row["type"] in RARE), corpus.share(lambda row: row["near_miss"])
        more = corpus.share(lambda row: len(row["types"]) > 1)
        yield (f"| {language} | {len(corpus.rows):,} | {sum(corpus.lengths()):,} | {100 * rare:.0f}% | {100 * near:.0f}% | "
               f"{100 * more:.1f}% | {corpus.count('split')['dev']:,} | {len(corpus.batches())} |")


def heads(found):
    """Counts of every label and register."""
    for head in ("type", "category", "sentiment", "reason", "question", "register"):
        yield "\n" + header({"type": "main type"}.get(head, head), found)
        numbers = {language: part["corpus"].count(head) for language, part in found.items()}
        for counter in numbers.values():
            for value, name in (("", "none"), (True, "true"), (False, "false")):
                if (head, value) in (("reason", ""), ("question", True), ("question", False)):
                    counter[name] = counter.pop(value, 0)
        yield from counted(numbers, list(found))


def shares_of_registers(found):
    """Where the rarer kinds stand: of each register, how many comments are of a rarer kind."""
    yield "\nOf each register, comments of a rarer kind:\n\n" + header("register", found)
    names = sorted({row["register"] for part in found.values() for row in part["corpus"].rows})
    for name in names:
        cells = []
        for part in found.values():
            rows = [row for row in part["corpus"].rows if row["register"] == name]
            cells.append(f"{100 * sum(row['type'] in RARE for row in rows) / len(rows):.0f}%" if rows else "-")
        yield f"| {name} | " + " | ".join(cells) + " |"


def listed(found):
    """Industries and dialects: too many for a table."""
    yield "\n**Industries** with 20 comments or more (names are each writer's own):"
    for language, part in found.items():
        industries = part["corpus"].count("industry")
        most = [f"{name.replace('_', ' ')} {n}" for name, n in industries.most_common() if n >= 20]
        yield f"- {language}, {len(industries)} in all: " + ", ".join(most) + "."
    yield "\n**Dialects and ways of writing:**"
    for language, part in found.items():
        corpus = part["corpus"]
        dialects = ", ".join(f"{name.replace('_', ' ')} {n}" for name, n in corpus.count("dialect").most_common())
        ways = ", ".join(f"{name} {n}" for name, n in corpus.ways_of_writing().items())
        yield f"- {language}: {dialects}; mixed languages {corpus.count('language')['mixed']}. Comments with {ways}."


def wrapped(line, width=128):
    """A long line of prose or list, broken at spaces; tables stay."""
    if len(line) <= width or line.startswith("|"):
        return line
    cut = line.rfind(" ", 0, width)
    return line[:cut] + "\n" + wrapped(("  " if line.startswith(("- ", "  ")) else "") + line[cut + 1:], width)


def beside(found):
    """Diversity of written and of real comments."""
    if not all(part["beside"] for part in found.values()):
        yield "\n(Not measured beside real comments: their folder was not there.)"
        return
    yield "\n## Diversity beside real comments"
    yield ("\nReal: at most 1,500 comments of 3 to 80 words of each public source of the language, each once. Distinct-n "
           "is the share "
           "of different n-grams of words (Li and others 2016) among so many words of each, drawn by comment; vocabulary "
           "is the number "
           "of different words among the first quarter, half and all of them; length in words, at 5, 25, 50, 75 and 95%.\n")
    yield "| comments | words | distinct-1 | distinct-2 | distinct-3 | vocabulary | length |\n|---|---|---|---|---|---|---|"
    for language, part in found.items():
        for name, d in zip(("written", "real"), part["beside"]):
            cells = [f"{d['words']:,}"] + [f"{x:.3f}" for x in d["distinct"]] \
                + [" / ".join(f"{n:,}" for n in d["growth"].values()), " / ".join(map(str, d["lengths"]))]
            yield f"| {language}, {name} | " + " | ".join(cells) + " |"
    repeats = ", ".join(f"{language} {len(part['corpus'].repeats)}" for language, part in found.items())
    yield f"\nPairs of comments that repeat each other (Jaccard index of character 5-grams above 0.5): {repeats}."


def key_words(found):
    yield "\nComments that hold an obvious word of their kind (`tools/dev/corpus_words.tsv`):\n\n" + header("kind", found)
    shares = {language: part["corpus"].key_words() for language, part in found.items()}
    for kind in RARE:
        yield f"| {kind} | " + " | ".join(f"{100 * shares[language][kind]:.0f}%" for language in found) + " |"


def telling_words(found):
    yield ("\nThe list was known when answers were reworded, so without a list: the word that most comments of a kind hold, among "
           "words more than half of whose comments are of this kind (letters folded).\n")
    yield header("kind", found)
    words = [part["corpus"].telling_words() for part in found.values()]
    for kind in RARE:
        yield f"| {kind} | " + " | ".join(f"{word[kind][0]} {100 * word[kind][1]:.0f}%" for word in words) + " |"


def style(found):
    """What style alone tells."""
    if not all(part["style"] for part in found.values()):
        return
    yield "\n## Does style tell the kind?"
    yield ("\nArea under the curve (0.5: no) of a logistic regression that is asked \"rarer or frequent kind?\" about "
           "batches it has "
           "not seen, ten folds by batch; `tools/dev/corpus_style.py`. Style: lengths, punctuation, digits, emoji, list "
           "marks, function "
           "words.\n")
    yield header("asked of", found)
    names = (("style", "style"), ("style_in_register", "style, pairs of one register only"), ("register", "register alone"),
             ("frequent_mean", "style, frequent kinds three against three: mean of ten ways"),
             ("frequent_highest", "the same, highest"), ("words", "all characters (TF-IDF), for comparison"))
    for key, name in names:
        yield f"| {name} | " + " | ".join(f"{part['style'][key]:.2f}" for part in found.values()) + " |"
    for group, name in (("kinds", "against the frequent kinds"), ("frequent_kinds", "against the other frequent kinds")):
        for kind in next(iter(found.values()))["style"][group]:
            cells = " | ".join(f"{part['style'][group][kind]:.2f}" for part in found.values())
            yield f"| style, {kind} {name} | {cells} |"
        cells = " | ".join(f"{sum(part['style'][group].values()) / len(part['style'][group]):.2f}" for part in found.values())
        yield f"| mean of these six | {cells} |"
    yield ("\nThe bar was chosen after seeing. An AUC of 0.70, the first thought, is broken wherever the first line says "
           "more; but kinds "
           "differ in style by nature (questions hold question marks, lists hold colons), and the frequent kinds differ "
           "as much from "
           "each other. So style may tell rarer from frequent kinds no better than frequent kinds from each other, by "
           "0.02. That the "
           "whole text tells them apart is as it should be.")


def agreements(found):
    """Head and label agreement of first and second reading, before repair."""
    records = {}
    for language in found:
        paths = [CORPUS / f"{which}_{language}.tsv" for which in ("first", "second")]
        if all(path.exists() for path in paths):
            records[language] = {(r["head"], r["label"]): r for r in agreement.compare(
                [agreement.read(str(path)) for path in paths], RESAMPLES, SEED)}
    yield "\n## Agreement of the two readings, before repair"
    yield (f"\n`python3 tools/dev/agreement.py models/corpus/first_LL.tsv models/corpus/second_LL.tsv`; 95% intervals of "
           f"{RESAMPLES:,} "
           "bootstrap draws. `types` is the whole set of main and second kinds. The figures are those of the sample, "
           "where rare kinds "
           "are as many as frequent ones.\n")
    yield "| head | language | comments | agreed | Cohen's kappa | Fleiss's kappa | Krippendorff's alpha |"
    yield "|---|---|---|---|---|---|---|"
    for head in agreement.HEADS:
        for language, each in records.items():
            r = each[head, None]
            yield (f"| {head} | {language} | {r['comments']} | {100 * r['agreed']:.1f}% | "
                   + " | ".join(agreement.shown(r[m]) for m in agreement.MEASURES) + " |")
    gap = max(abs(r["cohen"]["value"] - r[m]["value"]) for each in records.values() for r in each.values()
              for m in ("fleiss", "alpha") if r["cohen"]["value"] is not None)
    yield ("\nPer label, this label or not: Cohen's kappa, and to how many comments the first and the second reader gave it. "
           f"Fleiss's kappa and alpha are within {gap:.3f} of it; `tools/dev/agreement.py` prints them. Below about 15 "
           f"comments the "
           "interval says more than the figure.\n")
    yield header("head: label", records)
    given = {key: sum(sum(e[key]["given"]) for e in records.values() if key in e)
             for each in records.values() for key in each if key[1]}
    keys = sorted(given, key=lambda key: (agreement.HEADS.index(key[0]), -given[key], key))
    for head, label in keys:
        cells = [f"{agreement.shown(e[head, label]['cohen'])}, {e[head, label]['given'][0]} / {e[head, label]['given'][1]}"
                 if (head, label) in e else "-" for e in records.values()]
        yield f"| {head}: {label} | " + " | ".join(cells) + " |"
    yield from settled(found)


def settled(found):
    """What became of the comments that the two read differently."""
    yield "\nWhat became of comments on which the two differed in any head (their labels today):\n"
    yield "| language | differed | as the first | as the second | otherwise | dropped |\n|---|---|---|---|---|---|"
    for language in found:
        paths = [CORPUS / f"first_{language}.tsv", CORPUS / f"second_{language}.tsv", CORPUS / f"{language}.jsonl"]
        if not all(path.exists() for path in paths):
            continue
        first, second, today = (agreement.read(str(path)) for path in paths)
        differed = [i for i in second if i in first and first[i] != second[i]]
        now = [today.get(i) for i in differed]
        fates = [sum(n is not None and n == which[i] for i, n in zip(differed, now)) for which in (first, second)]
        gone = sum(n is None for n in now)
        yield f"| {language} | {len(differed)} | {fates[0]} | {fates[1]} | {len(now) - sum(fates) - gone} | {gone} |"


def bars(found):
    """Every bar with the figure found."""
    yield "\n## Bars\n\nWhat is asked of each language, and what was found; **bold**: broken.\n"
    yield header("bar | asked", found) + "---|"
    for name in order(found):
        rows = [{bar.name: bar for bar in part["bars"]}.get(name) for part in found.values()]
        bar = next(row for row in rows if row)
        yield f"| {bar.name} | {bar.asked} | " + " | ".join(
            "-" if row is None else row.found if row.holds else f"**{row.found}**" for row in rows) + " |"


def order(found):
    """Names of all bars, in the order of the language that has most."""
    return [bar.name for bar in max((part["bars"] for part in found.values()), key=len)]


def card(found, curve=None):
    yield HEAD.rstrip("\n")
    for section in (overview, heads, shares_of_registers, listed, beside, key_words, telling_words, style, agreements, bars):
        for line in section(found):
            yield "\n".join(wrapped(part) for part in line.split("\n"))
    if curve:
        yield "\n## How a simple model gets better as it grew\n\nMain types, made by `tools/dev/learning_curve.py`.\n"
        yield curve.rstrip("\n")
    yield LIMITS.rstrip("\n")
