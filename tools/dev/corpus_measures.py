"""What check_corpus.py measures on comments: folding, words, near-duplicates, distinct n-grams, vocabulary, spelling.

Knows nothing of labels and bars.  Needs the standard library only.
"""
import collections
import gzip
import json
import random
import re
import unicodedata

ARABIC = r"\u0621-\u064a\u066e-\u06d3\u06fa-\u06ff"
LETTERS = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ؤ": "و",
                         "ئ": "ی", "ـ": None, "\u200c": None, "\u200d": None, "’": "'"})
MARKS = re.compile(r"[\u064b-\u065f\u0670\u06d6-\u06ed]")
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
EMOJI = re.compile(r"[\u2600-\u27bf\u2b50\u2b55\U0001f000-\U0001faff]")
REPEATED, SIZE = 0.5, 5  # two comments repeat each other above this Jaccard index of their character 5-grams


def folded(text):
    """One letter for each family of look-alikes, ASCII digits, no vowel signs, lower case."""
    text = MARKS.sub("", unicodedata.normalize("NFKC", text).casefold().translate(LETTERS))
    return "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in text)


def words(text):
    return WORD.findall(folded(text))


def grams(text):
    """The character 5-grams of the words, spaces counted; the whole when it is shorter, the bare text of no word."""
    text = " ".join(words(text)) or text
    return frozenset(text[i:i + SIZE] for i in range(max(1, len(text) - SIZE + 1)))


def near_duplicates(texts, bar=REPEATED):
    """Pairs (i, j, Jaccard) above bar, i < j, exact: two sets that share more than the bar also share one of the
    rarest grams of each (prefix filtering: Chaudhuri, Ganti, Kaushik, A primitive operator for similarity joins, 2006)."""
    sets = [grams(text) for text in texts]
    rank = collections.Counter(gram for s in sets for gram in s)
    index = collections.defaultdict(list)
    for j, mine in enumerate(sets):
        rare_first = sorted(mine, key=lambda gram: (rank[gram], gram))
        prefix = rare_first[:len(mine) - int(bar * len(mine))]
        found = {i for gram in prefix for i in index[gram]}
        for gram in prefix:
            index[gram].append(j)
        for i in sorted(found):
            shared = len(mine & sets[i])
            likeness = shared / (len(mine) + len(sets[i]) - shared)
            if likeness > bar:
                yield i, j, likeness


def some_words(texts, limit, seed=20261122):
    """Comments in a drawn order, as lists of words, until they hold so many words; the last one cut."""
    order, total = list(texts), 0
    random.Random(seed).shuffle(order)
    for text in order:
        found = words(text)[:limit - total]
        total += len(found)
        if found:
            yield found
        if total >= limit:
            return


def distinct(comments, n):
    """Different n-grams of words among all of them (Li and others, A diversity-promoting objective function, 2016)."""
    seen, total = set(), 0
    for comment in comments:
        for i in range(len(comment) - n + 1):
            seen.add(tuple(comment[i:i + n]))
            total += 1
    return len(seen) / total if total else 0.0


def quantiles(numbers, points=(0.05, 0.25, 0.5, 0.75, 0.95)):
    ordered = sorted(numbers)
    return [ordered[min(len(ordered) - 1, int(p * len(ordered)))] for p in points]


def diversity(texts, limit):
    """Figures that can be set beside those of other comments, on so many words of each."""
    comments = list(some_words(texts, limit))
    growth, vocabulary, seen = {}, set(), 0
    for word in (word for comment in comments for word in comment):
        vocabulary.add(word)
        seen += 1
        if seen in (limit // 4, limit // 2, limit):
            growth[seen] = len(vocabulary)
    return {"words": seen, "distinct": [distinct(comments, n) for n in (1, 2, 3)], "growth": growth,
            "lengths": quantiles([len(text.split()) for text in texts])}


def real_texts(folder, language, per_source=1500, seed=20261122):
    """Real comments of 3 to 80 words, at most so many of a source, each once; [] when the folder is not there."""
    drawn, rng = {}, random.Random(seed)
    for path in sorted((folder / language).glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            texts = [json.loads(line)["text"] for line in lines]
        texts = [text for text in texts if 3 <= len(text.split()) <= 80]
        drawn.update((text, None) for text in rng.sample(texts, min(per_source, len(texts))))
    return list(drawn)


def copied(texts, folder, language, least=5):
    """Which texts of so many words and more stand in a real source, word for word."""
    wanted = {" ".join(words(text)): i for i, text in enumerate(texts) if len(words(text)) >= least}
    found = set()
    for path in sorted((folder / language).glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for key in (" ".join(words(json.loads(line)["text"])) for line in lines):
                if key in wanted:
                    found.add(wanted[key])
    return sorted(found)


SPELLING = {
    "ASCII digits": re.compile(r"[0-9]"),
    "Persian digits": re.compile(r"[۰-۹]"),
    "Arabic digits": re.compile(r"[٠-٩]"),
    "emoji": EMOJI,
    "Arabic ي or ك": re.compile(r"[يىك]"),
    "Persian ی or ک": re.compile(r"[یک]"),
    "half-space": re.compile("\u200c"),
    "half-space missing": re.compile(r"(?<![\w\u200c])ن?می(?: |(?=[^\W\d_]{3})(?!ز|وه|ل|دان|هن|ان|خ|کرو|راث))"),
    "hamza left out": re.compile(r"(?<!\w)(?:الى|او|اذا|انا|اي|اكثر|اول|احد|امس|اريد|اين|انت|اخر)(?!\w)"),
}


def pattern(listed):
    """Listed words as one expression for the text of words(), joined by spaces."""
    each = (re.escape(folded(word)).replace(r"\*", r"\S*").replace("_", " ") for word in listed)
    return re.compile(r"(?<!\S)(?:" + "|".join(each) + r")(?!\S)")


def script(text):
    """arabic, latin, mixed (a Latin word within Arabic script, or the reverse) or none."""
    has_arabic = bool(re.search(rf"[{ARABIC}]{{2}}", text))
    has_latin = bool(re.search(r"[A-Za-z]{2}", text))
    return ("mixed" if has_latin else "arabic") if has_arabic else "latin" if has_latin else "none"
