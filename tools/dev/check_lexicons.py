#!/usr/bin/env python3
"""Check the hand-written language tables: lexicons/, tests/text/, models/sample, models/probes.

Columns, value ranges, duplicates by folded key, NFC, stray controls, the examples of the rules,
and the least sizes that the project promises.  It knows the formats of lexicons/FORMAT.md and
nothing of the engine: its fold() only approximates the key of `nazar normalize`.
Usage: check_lexicons.py [LL ...]     (fa ar en; default all; a missing file is only named)
Exit 0: no error.  1: errors, one line each with file, line and what to do.
"""

import csv
import re
import sys
import unicodedata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("fa", "ar", "en")

MODIFIERS = set("negator intensifier downtoner contrast wish condition".split())
EXPRESSIONS = set("""praise complaint politeness neutralizer mixed sarcasm request bug question churn
    objection effort satisfaction recommend survey curse""".split())
CONCEPTS = set("""price discount advertisement stock subscription payment refund delivery courier
    packaging staff support waiting follow_up repair error crash slow update login feature request
    leave competitor effort ease satisfaction recommend survey question quality taste design
    durability battery app content food room cleanliness location thanks greeting buy fake wrong
    missing goods place role media family paperwork time""".split())
EMOJI = set("""positive negative neutral laughter anger sadness love thanks plea question
    mockery""".split())
CHANNELS = set("""app_store web_review ticket chat email call social survey nps_survey csat_survey
    ces_survey sales cancellation""".split())

# ---------------------------------------------------------------- approximate key
LETTERS = str.maketrans({
    "ي": "ی", "ى": "ی", "ې": "ی", "ے": "ی", "ئ": "ی", "ك": "ک", "ڪ": "ک", "ة": "ه", "ۀ": "ه",
    "ە": "ه", "ہ": "ه", "ھ": "ه", "آ": "ا", "أ": "ا", "إ": "ا", "ٱ": "ا", "ؤ": "و",
    "’": "'", "‘": "'",
})
MARKS = re.compile("[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640]")
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\u061c\ufeff\u00ad]")
PREFIX_FA = {"می", "نمی"}
SUFFIX_FA = set("ها های هایی هایم هایش هاش هام هات تر ترین تری ام ای ایم اید اند".split())


MAX_TRIGGER_SETS = 4  # as in engine/feature/rules.h


def fold(text, language):
    """The words of text as approximate keys joined by one space; punctuation is dropped."""
    text = unicodedata.normalize("NFKC", text)
    text = INVISIBLE.sub("", MARKS.sub("", text)).translate(LETTERS).lower()
    words = []
    for word in re.findall(r"[^\W_]+(?:'[^\W_]+)*", text):
        word = "<num>" if word.isdecimal() else word.replace("'", "")
        if language == "fa" and words and words[-1] in PREFIX_FA:
            words[-1] += word
        elif language == "fa" and words and word in SUFFIX_FA:
            words[-1] += word
        else:
            words.append(word)
    return " ".join(words)


# ---------------------------------------------------------------- reading
class Report:
    def __init__(self):
        self.errors = 0

    def error(self, path, line, message):
        self.errors += 1
        print(f"{path.relative_to(ROOT)}:{line}: {message}")


def decode(path, report):
    data = path.read_bytes()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        report.error(path, data[:error.start].count(b"\n") + 1, "not UTF-8: save it as UTF-8")
        return ""
    if text.startswith("\ufeff"):
        report.error(path, 1, "byte order mark: save it without BOM")
    if "\r" in text:
        report.error(path, 1, "carriage return: use plain line feeds")
    if text and not text.endswith("\n"):
        report.error(path, text.count("\n") + 1, "no line feed at the end of the file")
    return text


def rows(path, columns, report, nfc=True, open_ended=False):
    """Yield (line number, cells) of a table; its first line that is no comment names the columns."""
    text = decode(path, report)
    header_seen = False
    if not text.startswith("#"):
        report.error(path, 1, "no head: begin with a # comment that says purpose and origin")
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.split("\t")
        if not header_seen:
            header_seen = True
            if cells[:len(columns)] != columns:
                report.error(path, number, "the first line must name the columns: "
                             + " ".join(columns))
            continue
        if len(cells) < len(columns) or (len(cells) > len(columns) and not open_ended):
            report.error(path, number, f"{len(cells)} columns, expected {len(columns)}")
            continue
        if any(cell != cell.strip(" ") for cell in cells):
            report.error(path, number, "space at the edge of a column")
        if nfc and line != unicodedata.normalize("NFC", line):
            report.error(path, number, "not NFC")
        if nfc and re.search("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\u0640]", line):
            report.error(path, number, "bidi control or tatweel: remove it")
        yield number, cells


def integer(path, number, text, low, high, report):
    if not re.fullmatch(r"-?\d+", text) or not low <= int(text) <= high:
        report.error(path, number, f"'{text}' is not a number from {low} to {high}")


class Unique:
    """Refuses a second entry with the same folded key."""

    def __init__(self, path, report):
        self.path, self.report, self.seen = path, report, {}

    def add(self, number, *parts):
        if parts in self.seen:
            self.report.error(self.path, number, f"same key as line {self.seen[parts]}: keep one")
        else:
            self.seen[parts] = number


def least(path, count, minimum, report):
    print(f"{path.relative_to(ROOT)}: {count}")
    if count < minimum:
        report.error(path, 1, f"{count} entries, at least {minimum} expected")


# ---------------------------------------------------------------- one function per table
def single_word(path, number, word, language, report):
    if not word or " " in word:
        report.error(path, number, "not a single word: several words go to expression_*.tsv")
    return fold(word, language).replace(" ", "")


def check_polarity(path, language, report):
    unique, count = Unique(path, report), 0
    for number, (word, polarity, _) in rows(path, ["word", "polarity", "note"], report):
        unique.add(number, single_word(path, number, word, language, report))
        integer(path, number, polarity, -3, 3, report)
        if polarity == "0":
            report.error(path, number, "polarity 0 says nothing: remove the line")
        count += 1
    least(path, count, 1000, report)


def check_modifier(path, language, report):
    unique, count = Unique(path, report), 0
    for number, cells in rows(path, ["word", "kind", "side", "reach", "note"], report):
        word, kind, side, reach, _ = cells
        unique.add(number, single_word(path, number, word, language, report), kind)
        if kind not in MODIFIERS:
            report.error(path, number, f"unknown kind '{kind}'")
        if side not in ("before", "after"):
            report.error(path, number, f"side '{side}' is neither before nor after")
        integer(path, number, reach, 1, 6, report)
        count += 1
    least(path, count, 60, report)


def check_expression(path, language, report):
    unique, count = Unique(path, report), 0
    for number, cells in rows(path, ["expression", "class", "polarity", "note"], report):
        expression, class_, polarity, _ = cells
        unique.add(number, fold(expression, language))
        if not 2 <= len(re.split("[ \u200c]", expression)) <= 6:
            report.error(path, number, "an expression has 2 to 6 words")
        if class_ not in EXPRESSIONS:
            report.error(path, number, f"unknown class '{class_}'")
        integer(path, number, polarity, -3, 3, report)
        count += 1
    least(path, count, 150, report)


def check_concept(path, language, report):
    unique, count, used = Unique(path, report), 0, set()
    for number, (word, concept, _) in rows(path, ["word", "concept", "note"], report):
        unique.add(number, single_word(path, number, word, language, report), concept)
        if concept not in CONCEPTS:
            report.error(path, number, f"unknown concept '{concept}'")
        used.add(concept)
        count += 1
    for concept in sorted(CONCEPTS - used):
        report.error(path, 1, f"no word for concept '{concept}'")
    least(path, count, 500, report)


def check_rules(path, language, report):
    unique, count = Unique(path, report), 0
    columns = ["name", "language", "triggers", "pattern", "match", "no_match"]
    for number, (name, rule_language, triggers, pattern, match, no_match) in rows(
            path, columns, report):
        count += 1
        unique.add(number, name)
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            report.error(path, number, "a name has lower-case letters, digits and _ only")
        if rule_language not in LANGUAGES or (language and rule_language != language):
            report.error(path, number, f"language '{rule_language}' does not belong here")
            continue
        sets = [part.split(" ") for part in triggers.split(" & ")]
        if len(sets) > MAX_TRIGGER_SETS:
            report.error(path, number, f"more than {MAX_TRIGGER_SETS} sets of triggers")
        for trigger in sum(sets, []):
            if not trigger or fold(trigger, rule_language) != trigger:
                report.error(path, number, f"trigger '{trigger}' is no plain key")
        try:
            compiled = re.compile(pattern)
        except re.error as error:
            report.error(path, number, f"pattern: {error}")
            continue
        found = compiled.search(fold(match, rule_language))
        if not found:
            report.error(path, number, f"does not match its example: {fold(match, rule_language)}")
        elif not all(set(part) & set(found.group(0).split(" ")) for part in sets):
            report.error(path, number, "a set of triggers is not in the match of its example")
        if compiled.search(fold(no_match, rule_language)):
            report.error(path, number, "matches its counter-example")
        if re.search(r"(?<!\\)(\.\*|\.\+|\)\*|\)\+)", pattern):
            report.error(path, number, "unbounded repetition: bound it, such as (?:\\S+ ){0,4}")
    least(path, count, 10, report)


def check_emoji(path, _, report):
    unique, count = Unique(path, report), 0
    for number, (emoji, polarity, class_, _) in rows(
            path, ["emoji", "polarity", "class", "note"], report):
        unique.add(number, emoji.replace("\ufe0f", ""))
        integer(path, number, polarity, -3, 3, report)
        if class_ not in EMOJI:
            report.error(path, number, f"unknown class '{class_}'")
        count += 1
    least(path, count, 50, report)


def check_families(path, language, report):
    unique, rules, count = Unique(path, report), set(), 0
    for number, cells in rows(path, ["rule", "spelling", "spelling", "spelling"], report,
                              nfc=False, open_ended=True):
        rule, spellings = cells[0], cells[1:]
        rules.add(rule)
        count += 1
        if len(set(spellings)) != len(spellings) or "" in spellings:
            report.error(path, number, "a spelling is empty or stands twice")
        unique.add(number, *sorted(spellings))
    print(f"{path.relative_to(ROOT)}: {len(rules)} rules")
    least(path, count, 40 if language == "en" else 80, report)


def check_apart(path, language, report):
    unique, count = Unique(path, report), 0
    for number, (first, second, _) in rows(path, ["a", "b", "why"], report, nfc=False):
        if first == second:
            report.error(path, number, "both are the same")
        unique.add(number, *sorted((first, second)))
        count += 1
    least(path, count, 40, report)


def check_language(path, _, report):
    unique, count = Unique(path, report), 0
    for number, (code, text) in rows(path, ["language", "text"], report, nfc=False):
        if code not in ("fa", "ar", "en", "mixed", "other"):
            report.error(path, number, f"unknown language '{code}'")
        unique.add(number, text)
        count += 1
    least(path, count, 50, report)


def check_sample(path, _, report):
    table = list(csv.reader(decode(path, report).splitlines(), strict=True))
    if not table or table[0] != ["id", "text", "rating", "channel"]:
        report.error(path, 1, "the first line must be id,text,rating,channel")
        return
    unique = Unique(path, report)
    for number, cells in enumerate(table[1:], 2):
        if len(cells) != 4 or not cells[1].strip():
            report.error(path, number, "4 columns and a text expected")
            continue
        unique.add(number, cells[0])
        if cells[2] and not re.fullmatch(r"\d+(\.\d+)?", cells[2]):
            report.error(path, number, f"rating '{cells[2]}' is no number")
        if cells[3] and cells[3] not in CHANNELS:
            report.error(path, number, f"unknown channel '{cells[3]}'")
    least(path, len(table) - 1, 10, report)


def check_probes(path, _, report):
    lines = [line for line in decode(path, report).split("\n") if line]
    if len(set(lines)) != len(lines):
        report.error(path, 1, "a line stands twice")
    least(path, len(lines), 15, report)


TABLES = (
    ("lexicons/polarity_{}.tsv", check_polarity),
    ("lexicons/modifier_{}.tsv", check_modifier),
    ("lexicons/expression_{}.tsv", check_expression),
    ("lexicons/concept_{}.tsv", check_concept),
    ("lexicons/rules_{}.tsv", check_rules),
    ("tests/text/families_{}.tsv", check_families),
    ("tests/text/apart_{}.tsv", check_apart),
    ("tests/text/language_{}.tsv", check_language),
    ("models/sample/sample_{}.csv", check_sample),
    ("models/probes/probes_{}.txt", check_probes),
)


def main(arguments):
    unknown = [a for a in arguments if a not in LANGUAGES]
    if unknown:
        print(__doc__, file=sys.stderr)
        return 2
    report = Report()
    work = [(ROOT / name.format(language), check, language)
            for language in arguments or LANGUAGES for name, check in TABLES]
    if not arguments:
        work += [(ROOT / "lexicons/emoji.tsv", check_emoji, "")]
    for path, check, language in work:
        if path.exists():
            check(path, language, report)
        else:
            print(f"{path.relative_to(ROOT)}: not there")
    print(f"{report.errors} errors")
    return 1 if report.errors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
