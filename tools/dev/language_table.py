#!/usr/bin/env python3
"""Make the tables of engine/text/language.c and engine/text/transliterate.c.

    language_table.py                  lexicons/*.tsv -> engine/text/*_table.inc
    language_table.py --check          the same, but only compare; 1 when a file is stale
    language_table.py --train DIR      first learn lexicons/language.tsv from the corpora in DIR
                                       (folders fa, ar and en of gzipped JSON lines; needs numpy)
    language_table.py --train DIR --catalogs /usr/share/locale
                                       also from the translated messages of the installed programs:
                                       the classes ku, ur and latin, which the corpora lack

The model: a token adds the votes of its character n-grams (1 to 4 letters, '_' marks the edge
of the word) and of itself when it is a frequent word.  Votes are the weights of a multinomial
logistic regression, in 1/16 nat, one for the four classes in Arabic letters and one for the
four in Latin letters: the script of a token is known, so that only its own four compete.

What a corpus may leave behind: an n-gram is kept when at least 5 different comments hold it
(or our own word lists do), and digits are learned from our own lists alone.  Translated messages
are counted like comments.
"""
import argparse
import gettext
import gzip
import hashlib
import json
import pathlib
import random
import re
import sys
import unicodedata

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEXICONS = ROOT / "lexicons"
ENGINE = ROOT / "engine" / "text"

CLASSES = ("fa", "ar", "en", "finglish", "arabizi", "ku", "ur", "latin")
SCRIPTS = {"arabic": ("fa", "ar", "ku", "ur"), "latin": ("en", "finglish", "arabizi", "latin")}
EDGE, ZWNJ, OTHER = "_", "-", "~"
# Letters of their own; any other letter of the script is OTHER.
LATIN_ALPHABET = ("abcdefghijklmnopqrstuvwxyz0123456789'"
                  "àáâãäåæçèéêëìíîïñòóôõöøùúûüýßğışœąćęłńśźżčěřšůžășțəāőű")
ARABIC_ALPHABET = "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيپچژکگیٹڈڑںےہھۆێەڕڵڤۀۂۃټډړښېۍڼ"
LETTERS = frozenset(LATIN_ALPHABET + ARABIC_ALPHABET + ZWNJ)
MAX_GRAM = 4
MAX_WORD = 9  # nine letters of seven bits are one 64-bit key
UNIT = 16.0
MIN_COMMENTS = 5
GRAMS = {"arabic": 18000, "latin": 24000}
FREQUENT_WORDS = 1200  # of each class, kept as whole words

# ---- tokens, as scan.c and language.c see them (an approximation of the former) -------------

ARABIC_LETTER = re.compile("[\u0620-\u064a\u066e-\u06d5\u06ee-\u06ff\u0750-\u077f]")
LATIN_LETTER = re.compile("[a-z\u00aa-\u024f\u1e00-\u1eff]")
NOISE = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|[@#][\w\u200c]+")
WORD = re.compile("[^\\W_]+(?:['\u2019\u200c][^\\W_]+)*")
ARABIC_DIGITS = {ord(c): str(unicodedata.digit(c)) for c in "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹"}


def clean(text):
    """Lower case, presentation forms resolved, marks, tatweel and invisible characters gone."""
    text = unicodedata.normalize("NFC", text).casefold()
    out = []
    for c in text:
        if "\ufb50" <= c <= "\ufdff" or "\ufe70" <= c <= "\ufefc":
            c = unicodedata.normalize("NFKC", c)
        elif c == "\u200c":
            pass
        elif c == "\u0640" or unicodedata.category(c) in ("Mn", "Cf"):
            continue
        out.append(c)
    return "".join(out).translate(ARABIC_DIGITS)


def letters(word):
    """The letters that votes are asked for: ZWNJ is '-', a letter thrice or more counts twice."""
    word = "".join(c if c in LETTERS else OTHER
                   for c in word.replace("\u2019", "'").replace("\u200c", ZWNJ))
    return re.sub(r"(.)\1{2,}", r"\1\1", word)


def tokens(text):
    """(script, letters) of the words of a text that say something."""
    found = []
    for word in WORD.findall(NOISE.sub(" ", clean(text))):
        if ARABIC_LETTER.search(word):
            found.append(("arabic", letters(re.sub("[0-9a-z'\u2019]", "", word))))
        elif LATIN_LETTER.search(word):
            found.append(("latin", letters(word.replace("\u200c", ""))))
    return found


def grams(word):
    edged = EDGE + word + EDGE
    out = [c for c in word]
    for n in range(2, MAX_GRAM + 1):
        out += [edged[i:i + n] for i in range(len(edged) - n + 1)]
    if MAX_GRAM - 2 < len(word) <= MAX_WORD:
        out.append(edged)
    return out


# ---- sources ---------------------------------------------------------------------------------

def read_tsv(path):
    rows = [line.rstrip("\n").split("\t") for line in open(path, encoding="utf-8")
            if line.strip() and not line.startswith("#")]
    return rows[1:]


def read_corpus(folder, held_out):
    """Different comments of a folder; a tenth by the hash of the text is held out."""
    seen = set()
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                text = json.loads(line)["text"]
                key = " ".join(w for _, w in tokens(text))
                if key and key not in seen:
                    seen.add(key)
                    if (hashlib.sha256(key.encode()).digest()[0] % 10 == 0) == held_out:
                        yield text


def persian_variant(words, rng):
    """Persian as typed on an Arabic keyboard, or without half-spaces."""
    text = " ".join(words)
    if rng.random() < 0.35:
        text = text.replace("ی", "ي").replace("ک", "ك")
    kind = rng.random()
    if kind < 0.3:
        text = text.replace(ZWNJ, "")
    elif kind < 0.6:
        text = text.replace(ZWNJ, " ")
    if rng.random() < 0.3:
        text = re.sub("[أإآ]", "ا", text)
    return text.split()


def arabic_variant(words, rng):
    """Arabic with the spellings that are usual in comments."""
    text = " ".join(words)
    if rng.random() < 0.35:
        text = re.sub("[أإآ]", "ا", text)
    if rng.random() < 0.35:
        text = text.replace("ة", "ه")
    kind = rng.random()
    if kind < 0.25:
        text = text.replace("ى", "ي")
    elif kind < 0.4:
        text = re.sub(r"ي\b", "ى", text)
    if rng.random() < 0.1:
        text = text.replace("ي", "ی").replace("ك", "ک").replace("ى", "ی")
    return text.split()


PERSIAN_LATIN = {
    "ا": "a aa a", "آ": "a aa", "ب": "b", "پ": "p", "ت": "t", "ث": "s", "ج": "j", "چ": "ch",
    "ح": "h", "خ": "kh kh x", "د": "d", "ذ": "z", "ر": "r", "ز": "z", "ژ": "zh j", "س": "s",
    "ش": "sh", "ص": "s", "ض": "z", "ط": "t", "ظ": "z", "ع": "a", "غ": "gh q", "ف": "f",
    "ق": "gh q", "ک": "k", "گ": "g", "ل": "l", "م": "m", "ن": "n", "و": "o oo u v", "ه": "h",
    "ی": "i y ee", "ئ": "e", "ء": "", "أ": "a", "ؤ": "o", "ي": "i", "ك": "k"}
ARABIC_LATIN = {
    "ا": "a", "آ": "a 2a", "أ": "a 2a", "إ": "e i", "ب": "b", "ت": "t", "ث": "th s", "ج": "g j",
    "ح": "7 7 h", "خ": "5 kh", "د": "d", "ذ": "z dh", "ر": "r", "ز": "z", "س": "s",
    "ش": "sh sh ch", "ص": "s 9", "ض": "d", "ط": "t 6", "ظ": "z", "ع": "3 3 a", "غ": "gh 8",
    "ف": "f", "ق": "2 q", "ك": "k", "ل": "l", "م": "m", "ن": "n", "ه": "h", "ة": "a e ah",
    "و": "w o ou", "ي": "y i ee", "ى": "a", "ء": "2", "ئ": "2", "ؤ": "2"}


def romanise(word, table, vowels, rng):
    """A made-up spelling of an unvowelled word: consonants by table, short vowels by chance."""
    out, previous_vowel = "", True
    for i, c in enumerate(word):
        piece = rng.choice(table.get(c, "").split(" "))
        vowel = piece[:1] in tuple("aeiou")
        if out and not vowel and not previous_vowel and piece and rng.random() < 0.72:
            out += rng.choice(vowels)
        if c == "ه" and i == len(word) - 1 and table is PERSIAN_LATIN:
            piece = rng.choice(("e", "e", "eh"))
        if piece:
            out += piece
            previous_vowel = vowel
    return out


def respell(word, rng):
    """Another usual spelling of a Finglish or Arabizi word."""
    for old, new in (("oo", "u"), ("oo", "o"), ("kh", "x"), ("gh", "q"), ("ee", "i"), ("aa", "a"),
                     ("u", "oo"), ("ei", "ey"), ("ou", "oo"), ("i", "ee"), ("7", "h"), ("3", "a")):
        if old in word and rng.random() < 0.12:
            word = word.replace(old, new, 1)
    if len(word) > 3 and rng.random() < 0.06:
        at = rng.randrange(1, len(word) - 1)
        if word[at] in "aeiou":
            word = word[:at] + word[at + 1:]
    return word


class Romaniser:
    """Arabic-script comments in Latin letters, with the dictionary's spellings where it has any."""

    def __init__(self, dictionary, table, vowels, rng):
        self.rng, self.table, self.vowels = rng, table, vowels
        self.spellings = {}
        for latin, word in read_tsv(LEXICONS / dictionary):
            self.spellings.setdefault(letters(word), []).extend(latin.split(" "))

    def __call__(self, words):
        out = []
        for word in words:
            known = self.spellings.get(word)
            latin = self.rng.choice(known) if known else None
            if latin is None:
                for piece in word.split(ZWNJ):
                    made = romanise(piece, self.table, self.vowels, self.rng)
                    if made:
                        out.append(made)
            else:
                out.append(latin)
        return out


def load_samples(data, rng, limit):
    """(script, class, words, own): the comments of each class; own is true for our own lists."""
    samples = []
    finglish = Romaniser("finglish.tsv", PERSIAN_LATIN, "aeeo", rng)
    arabizi = Romaniser("arabizi.tsv", ARABIC_LATIN, "aeii", rng)
    for folder, script in (("fa", "arabic"), ("ar", "arabic"), ("en", "latin")):
        comments = []
        for text in read_corpus(data / folder, False):
            words = [w for s, w in tokens(text) if s == script]
            if len(words) * 2 > len(tokens(text)):
                comments.append(words)
        rng.shuffle(comments)
        for i, words in enumerate(comments[:limit]):
            words = words[:40]
            if folder == "fa":
                samples.append((script, "fa", persian_variant(words, rng), False))
                if i < limit // 4:
                    samples.append(("latin", "finglish", finglish(words), False))
            elif folder == "ar":
                samples.append((script, "ar", arabic_variant(words, rng), False))
                if i < limit // 4:
                    samples.append(("latin", "arabizi", arabizi(words), False))
            else:
                samples.append((script, "en", words, False))
        print(folder, len(comments), "comments", file=sys.stderr)
    return samples


CATALOG_LANGUAGES = {
    "latin": {"fr": 3000, "de": 3000, "tr": 3000, "es": 3000, "it": 3000, "pt": 1500, "pt_BR": 2000,
              "id": 3000, "ms": 1000, "nl": 2000, "pl": 1200, "sv": 1200, "ro": 1200, "cs": 800,
              "da": 800, "nb": 800, "fi": 800, "hu": 800, "az": 1200, "uz": 451, "ku": 464,
              "ca": 800, "hr": 800, "sk": 500, "sl": 500, "sq": 500, "lt": 500, "vi": 800, "tl": 500},
    "ku": {"ckb": 3000},
    "ur": {"ur": 3000, "ug": 800, "ps": 800}}
# Messages with place-holders, options or keys are no sentences.
CATALOG_NOISE = re.compile(r"[%<>{}\\/=_|@#*`$&\":\n0-9]|--")


def catalog_messages(folder, language):
    """Different translated messages of a language in gettext catalogs, in a stable order."""
    messages = set()
    for path in sorted(folder.glob(f"{language}/LC_MESSAGES/*.mo")):
        if path.name.startswith("iso_"):
            continue  # names of places and languages
        try:
            with open(path, "rb") as file:
                catalog = gettext.GNUTranslations(file)._catalog
        except (OSError, UnicodeDecodeError, ValueError):
            continue
        messages.update(text for key, text in catalog.items()
                        if isinstance(text, str) and key and text != key
                        and 2 <= len(text.split()) <= 20 and not CATALOG_NOISE.search(text))
    return sorted(messages, key=lambda m: hashlib.sha256(m.encode()).digest())


def load_catalogs(folder):
    """The same from translated messages, but for the tenth of them that is held out."""
    samples = []
    for label, languages in CATALOG_LANGUAGES.items():
        script = "latin" if label == "latin" else "arabic"
        for language, most in languages.items():
            messages = catalog_messages(folder, language)
            for text in messages[len(messages) // 10:][:most]:
                words = [w for s, w in tokens(text) if s == script]
                if len(words) >= 2:
                    samples.append((script, label, words, False))
            print(language, len(messages), "messages", file=sys.stderr)
    return samples


def load_own(rng):
    """The same from our own lists, repeated because they are few."""
    samples = []
    repeat = {"finglish": 60, "arabizi": 60, "ku": 60, "ur": 60, "latin": 60, "en": 20}
    for label, kind, text in read_tsv(LEXICONS / "language_seed.tsv"):
        if label in ("neutral", "emoji"):
            continue
        script = "arabic" if label in SCRIPTS["arabic"] else "latin"
        words = [w for s, w in tokens(text) if s == script]
        for _ in range(repeat[label] // (1 if kind == "sentence" else 2)):
            chosen = words if kind == "sentence" else rng.sample(words, min(len(words), 40))
            if label in ("finglish", "arabizi"):
                chosen = [respell(w, rng) for w in chosen]
            samples.append((script, label, chosen, True))
    for label in ("finglish", "arabizi"):
        pool = [w for latin, _ in read_tsv(LEXICONS / f"{label}.tsv") for w in latin.split(" ")]
        for _ in range(3000):
            samples.append(("latin", label, [letters(respell(w, rng))
                                             for w in rng.sample(pool, 8)], True))
    return samples


# ---- training --------------------------------------------------------------------------------

def count_grams(samples):
    """In how many comments, and in how many of our own, each n-gram stands, by class."""
    counts = {}
    for script, label, words, own in samples:
        at = SCRIPTS[script].index(label)
        seen = set()
        for word in set(words):
            if own or not re.search("[0-9]", word) or label == "arabizi":
                seen.update(grams(word))
        for gram in seen:
            row = counts.get(gram)
            if row is None:
                row = counts[gram] = [0, 0, 0, 0, 0]
            row[at] += 1
            row[4] += own
    return counts


def choose_grams(samples, counts, size):
    """The n-grams that tell most: mutual information with the class, classes weighing the same."""
    import numpy as np
    names = list(counts)
    table = np.array([counts[n] for n in names], dtype=float)
    script = samples[0][0]
    total = np.array([max(1, sum(1 for s in samples if s[1] == c)) for c in SCRIPTS[script]])
    comments = table[:, :4].sum(axis=1) - table[:, 4]
    rate = (table[:, :4] + 0.05) / total
    mean = rate.mean(axis=1, keepdims=True)
    gain = (rate * np.log(rate / mean)).sum(axis=1)
    allowed = (comments >= MIN_COMMENTS) | (table[:, 4] >= 4)
    gain[~allowed] = -1
    order = [i for i in np.argsort(-gain)[:size] if gain[i] > 0]
    chosen = [names[i] for i in order]
    return list(dict.fromkeys(chosen + frequent_words(names, table, comments)))


def frequent_words(names, table, comments):
    """Whole words that are frequent in a class."""
    import numpy as np
    whole = [i for i, n in enumerate(names)
             if len(n) > 2 and n[0] == EDGE and n[-1] == EDGE and comments[i] >= MIN_COMMENTS]
    chosen = []
    for k in range(4):
        chosen += sorted(whole, key=lambda i: -table[i, k])[:FREQUENT_WORDS]
    return [names[i] for i in chosen if np.max(table[i, :4]) >= 20]


def fit(samples, vocabulary, rng, epochs=4, start=None):
    """Weights [n-gram][class] of a multinomial logistic regression by AdaGrad on windows of
    one to a few words, so that a single word already says as much as it truly tells."""
    import numpy as np
    index = {g: i for i, g in enumerate(vocabulary)}
    script = samples[0][0]
    memo = {}

    def ids(word):
        found = memo.get(word)
        if found is None:
            found = memo[word] = np.array([index[g] for g in grams(word) if g in index], dtype=int)
        return found

    rows = [(SCRIPTS[script].index(label), [ids(w) for w in words]) for _, label, words, _ in samples]
    share = {"fa": 1, "ar": 1, "ku": .45, "ur": .45, "en": 1.2, "finglish": .6, "arabizi": .6,
             "latin": 1}
    size = np.array([sum(1 for r in rows if r[0] == k) for k in range(4)], dtype=float)
    weight = np.array([share[c] for c in SCRIPTS[script]]) / size
    weight *= len(rows) / weight.dot(size)
    weights = np.zeros((len(vocabulary), 4)) if start is None else start
    squares = np.full((len(vocabulary), 4), 1e-3)
    for epoch in range(epochs):
        order = list(range(len(rows)))
        rng.shuffle(order)
        for at in range(0, len(order), 512):
            parts, labels, starts, n = [], [], [], 0
            for r in order[at:at + 512]:
                label, words = rows[r]
                if not words:
                    continue
                width = rng.choice((1, 1, 2, 2, 3, 4, 8, 40))
                first = rng.randrange(max(1, len(words) - width + 1))
                found = np.concatenate(words[first:first + width])
                if len(found):
                    parts.append(found)
                    labels.append(label)
                    starts.append(n)
                    n += len(found)
            flat = np.concatenate(parts)
            labels = np.array(labels)
            score = np.add.reduceat(weights[flat], starts, axis=0)
            score -= score.max(axis=1, keepdims=True)
            p = np.exp(score)
            p /= p.sum(axis=1, keepdims=True)
            p[np.arange(len(labels)), labels] -= 1
            p *= weight[labels][:, None]
            lengths = np.diff(np.append(starts, n))
            per_gram = np.repeat(p, lengths, axis=0)
            used, inverse = np.unique(flat, return_inverse=True)
            gradient = np.zeros((len(used), 4))
            for k in range(4):
                gradient[:, k] = np.bincount(inverse, per_gram[:, k], len(used))
            gradient += 0.02 * weights[used]
            squares[used] += gradient ** 2
            weights[used] -= 0.25 * gradient / np.sqrt(squares[used])
        print(script, "epoch", epoch, file=sys.stderr)
    return weights


def train(data, catalogs, limit):
    """Learn lexicons/language.tsv."""
    import numpy as np
    rng = random.Random(20)
    samples = load_samples(data, rng, limit) + load_own(rng)
    if catalogs:
        samples += load_catalogs(catalogs)
    neutral = [w for label, _, text in read_tsv(LEXICONS / "language_seed.tsv")
               if label == "neutral" for w in text.split(" ")]
    silent = set(neutral)
    rows = []
    for script in SCRIPTS:
        part = [(s, c, [w for w in words if w not in silent], own)
                for s, c, words, own in samples if s == script]
        part = [p for p in part if p[2]]
        counts = count_grams(part)
        vocabulary = choose_grams(part, counts, 3 * GRAMS[script])
        weights = fit(part, vocabulary, rng, epochs=2)
        weights -= weights.mean(axis=1, keepdims=True)
        often = np.array([sum(counts[g][:4]) for g in vocabulary], dtype=float)
        worth = np.abs(weights).max(axis=1) * np.sqrt(often)
        forced = set(frequent_words(list(counts), np.array(list(counts.values()), dtype=float),
                                    np.array([sum(c[:4]) - c[4] for c in counts.values()])))
        worth[[i for i, g in enumerate(vocabulary) if g in forced]] = np.inf
        keep = np.sort(np.argsort(-worth)[:GRAMS[script]])
        vocabulary = [vocabulary[i] for i in keep]
        weights = fit(part, vocabulary, rng, epochs=5, start=weights[keep])
        weights -= weights.mean(axis=1, keepdims=True)
        votes = np.clip(np.rint(weights * UNIT), -127, 127).astype(int)
        at = [CLASSES.index(c) for c in SCRIPTS[script]]
        for gram, vote in zip(vocabulary, votes):
            if vote.any():
                row = [0] * len(CLASSES)
                for k, column in enumerate(at):
                    row[column] = int(vote[k])
                rows.append((gram, row))
    taken = {gram for gram, _ in rows}
    whole = [EDGE + letters(w) + EDGE for w in neutral if len(letters(w)) <= MAX_WORD]
    rows = [r for r in rows if r[0] not in set(whole)]
    rows += [(w, [0] * len(CLASSES)) for w in dict.fromkeys(whole)]
    with open(LEXICONS / "language.tsv", "w", encoding="utf-8") as out:
        out.write("# Votes of character n-grams and frequent words for the language of a comment, in 1/16 nat.\n"
                  "# Origin: trained by tools/dev/language_table.py --train from public comments, translated\n"
                  "# messages of installed programs and our own language_seed.tsv, finglish.tsv and\n"
                  "# arabizi.tsv; not meant to be edited by hand.\n"
                  "# '_' is the edge of a word, '-' a half-space, '~' any letter without a code of its own.  A\n"
                  "# whole word with nothing but zeros says nothing (brands), nor do its n-grams then.\n")
        out.write("ngram\t" + "\t".join(CLASSES) + "\n")
        for gram, row in sorted(rows):
            out.write(gram + "\t" + "\t".join(map(str, row)) + "\n")
    print(len(rows), "rows,", len(taken), "learned", file=sys.stderr)


# ---- compiling -------------------------------------------------------------------------------

HASH = 0x9E3779B97F4A7C15


def slot_of(key, bits):
    """Must agree with language_slot() in language.c."""
    return ((key * HASH) & 0xFFFFFFFFFFFFFFFF) >> (64 - bits)


def open_addressing(entries, bits):
    table = [None] * (1 << bits)
    for key, value in entries:
        at = slot_of(key, bits)
        while table[at] is not None:
            at = (at + 1) & ((1 << bits) - 1)
        table[at] = (key, value)
    return table


def hexadecimal(value):
    return "0" if value == 0 else f"0x{value:x}"


def rows_of(values, per_line):
    return "".join("    " + ",".join(values[i:i + per_line]) + ",\n"
                   for i in range(0, len(values), per_line))


def pack(text, code):
    key = 0
    for c in text:
        key = key << 7 | code[c]
    return key


def compile_language():
    rows = [(r[0], [int(v) for v in r[1:]]) for r in read_tsv(LEXICONS / "language.tsv")]
    code = {EDGE: 1, OTHER: 2, ZWNJ: 3}
    for alphabet in (LATIN_ALPHABET, ARABIC_ALPHABET):
        code.update((c, i + 4) for i, c in enumerate(alphabet))
    small, large = [], []
    for gram, votes in rows:
        arabic = any(votes[CLASSES.index(c)] for c in SCRIPTS["arabic"])
        at = [CLASSES.index(c) for c in SCRIPTS["arabic" if arabic else "latin"]]
        packed = sum((votes[k] & 255) << (8 * i) for i, k in enumerate(at))
        if len(gram) <= MAX_GRAM:
            small.append((pack(gram, code) | (not arabic) << 31, packed))
        else:
            large.append((pack(gram[1:-1], code) | (not arabic) << 63, packed))
    out = ["/* Made by tools/dev/language_table.py from lexicons/language.tsv: do not edit. */\n"
           f"#define LETTER_EDGE {code[EDGE]}u\n#define LETTER_OTHER {code[OTHER]}u\n"
           f"#define LETTER_ZWNJ {code[ZWNJ]}u\n#define MAX_WORD_LETTERS {MAX_WORD}u\n"
           "/* Code of a lower-case letter below U+0700 within its script; 0: any other. */\n"
           "static const uint8_t letter_code[0x700] = {\n"]
    out.append(rows_of([str(code.get(chr(c), 0) if c > 127 or chr(c) in LATIN_ALPHABET else 0)
                        for c in range(0x700)], 32) + "};\n")
    names = [w for label, _, text in read_tsv(LEXICONS / "language_seed.tsv")
             if label == "emoji" for w in text.split(" ")]
    keys = sorted({pack(w, code) | 1 << 63 for w in names
                   if len(w) <= MAX_WORD and all(c in code for c in w)})
    out.append("/* Words of the English names of emoji, as some exports write them; ascending. */\n"
               f"static const uint64_t emoji_word_key[{len(keys)}] = {{\n")
    out.append(rows_of([hexadecimal(k) + "ull" for k in keys], 5) + "};\n")
    for name, entries, ctype, suffix in (("gram", small, "uint32_t", "u"),
                                         ("word", large, "uint64_t", "ull")):
        bits = 8
        while len(entries) > 0.66 * (1 << bits):
            bits += 1
        cells = []
        for entry in open_addressing(entries, bits):
            cells += [hexadecimal(v) + suffix for v in entry] if entry else ["0", "0"]
        out.append(f"/* {len(entries)} entries, key and votes by turns.  A key is seven bits a letter, the top bit\n"
                   " * is set for Latin ones; votes are four int8_t, the first class in the lowest byte. */\n"
                   f"#define {name.upper()}_BITS {bits}\n"
                   f"static const {ctype} {name}_table[2u << {name.upper()}_BITS] = {{\n")
        out.append(rows_of(cells, 8) + "};\n")
    return "".join(out)


# The same tables, in the same order, stand in transliterate.c.
SKELETON_PERSIAN = [
    ("tsh", "c"), ("ch", "c"), ("zh", "j"), ("iy", "i"), ("ei", "i"), ("ey", "i"), ("kh", "x"),
    ("sh", "$"), ("gh", "q"), ("oo", "u"), ("ou", "u"), ("ow", "u"), ("ee", "i"), ("aa", "a"),
    ("o", "u"), ("y", "i"), ("'", "")]
SKELETON_ARABIC = [
    ("3'", "q"), ("7'", "x"), ("9'", "d"), ("6'", "z"), ("th", "t"), ("dh", "d"), ("ch", "$"),
    ("kh", "x"), ("sh", "$"), ("gh", "q"), ("ei", "i"), ("ey", "i"), ("ay", "i"), ("ai", "i"),
    ("iy", "i"), ("ie", "i"), ("oo", "u"), ("ou", "u"), ("ow", "u"), ("ee", "i"), ("aa", "a"),
    ("5", "x"), ("8", "q"), ("7", "h"), ("6", "t"), ("9", "s"), ("e", "i"), ("o", "u"),
    ("y", "i"), ("'", "")]


def latin_skeleton(word, arabic):
    """The spelling that usual variants of a word share.  Must agree with make_skeleton() of
    transliterate.c; tests/text/test_transliterate.c compares them through every entry."""
    if len(word) > 3 and (word.endswith("eh") or (arabic and word.endswith("ah"))):
        word = word[:-1]
    if arabic and len(word) > 2 and word[-1] == "e" and word[-2] != "e":
        word = word[:-1] + "a"
    out, at = "", 0
    while at < len(word):
        for old, new in SKELETON_ARABIC if arabic else SKELETON_PERSIAN:
            if word.startswith(old, at):
                break
        else:
            old = new = word[at]
        at += len(old)
        if new and not out.endswith(new):
            out += new
    return out


def c_string(text):
    return '"' + "".join(c if c.isascii() else f"\\u{ord(c):04x}" for c in text) + '"'


def compile_dictionaries():
    out = ["/* Made by tools/dev/language_table.py from lexicons/finglish.tsv and arabizi.tsv: do not edit. */\n"]
    for name in ("finglish", "arabizi"):
        exact, shared, clash = {}, {}, set()
        for latin, word in read_tsv(LEXICONS / f"{name}.tsv"):
            for spelling in latin.split(" "):
                exact.setdefault(spelling, word)
                key = latin_skeleton(spelling, name == "arabizi")
                if shared.setdefault(key, word) != word:
                    clash.add(key)
        # The entry that stands first in the file, the more frequent word, owns a shared skeleton.
        for key, word in shared.items():
            exact.setdefault("~" + key, word)
        too_long = [w for w, v in exact.items() if len(w) > 19 or len(v.encode()) > 31]
        if too_long:
            sys.exit(f"{name}.tsv: too long: {' '.join(too_long)}")
        rows = [f"    {{{c_string(k)}, {c_string(v)}}},\n" for k, v in
                sorted(exact.items(), key=lambda e: e[0].encode())]
        out.append(f"/* {len(rows)} entries; a key behind '~' is a skeleton ({len(clash)} are shared by two words). */\n"
                   f"static const transliterate_entry {name}_entries[] = {{\n" + "".join(rows) + "};\n")
    return "".join(out)


def write_tables(check):
    stale = []
    for name, text in (("language_table.inc", compile_language()),
                       ("transliterate_table.inc", compile_dictionaries())):
        path = ENGINE / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if not check:
                path.write_text(text, encoding="utf-8")
    for name in stale:
        print(("stale: " if check else "wrote ") + name, file=sys.stderr)
    return 1 if check and stale else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--train", metavar="DIR", type=pathlib.Path)
    parser.add_argument("--catalogs", metavar="DIR", type=pathlib.Path)
    parser.add_argument("--limit", type=int, default=80000, help="comments of a language (80000)")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    if arguments.train:
        train(arguments.train, arguments.catalogs, arguments.limit)
    return write_tables(arguments.check)


if __name__ == "__main__":
    sys.exit(main())
