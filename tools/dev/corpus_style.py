"""Does style tell the rarer kinds of written comments from the frequent ones?  Called by check_corpus.py --style.

Style is what a text has apart from its subject: lengths, punctuation, digits, emoji, list marks, function words
(tools/dev/corpus_words.tsv).  A logistic regression on these alone is asked "rarer or frequent kind?" of batches it has
not seen (cross-validation by batch); its AUC is 0.5 when style says nothing.  Needs scikit-learn and numpy.
"""
import itertools
import re

import corpus_measures as measures
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

FOLDS = 10
MARKS = [r"\.", r"[,،]", r"[;؛]", r":", r"!", r"[?؟]", r"\.{2,}|…", r"[\"“”«»‘]", r"[()\[\]]", r"[-–—]", r"/", r"[*•+=&%#@]",
         r"\n",
         r"(?:^|\s)(?:\d+|[۰-۹]+|[٠-٩]+|[a-zA-Z])[.):\-]\s", r"^[^\w\s]", r"[^\W\d_]$", r"(\w)\1\1"]
MARKS = [re.compile(mark) for mark in MARKS]
DIGITS = [re.compile(digits) for digits in (r"[0-9]", r"[۰-۹]", r"[٠-٩]")]


def marks_of(text):
    """Lengths, punctuation, digits, emoji, capitals: numbers that know no word."""
    tokens, size = text.split(), max(1, len(text))
    row = [np.log(size), np.log(1 + len(tokens)), size / max(1, len(tokens)), len(tokens) <= 4, len(tokens) >= 30]
    row += [f(len(found)) for mark in MARKS for found in [mark.findall(text)] for f in (bool, np.log1p)]
    row += [f(len(found)) for digits in DIGITS for found in [digits.findall(text)] for f in (bool, np.log1p)]
    row += [len(measures.EMOJI.findall(text)) > 0, "\u200c" in text, text[:1].isupper(), text == text.lower(),
            sum(c.isupper() for c in text) / size, measures.script(text) == "mixed", measures.script(text) == "latin"]
    return row


def style(texts, function_words):
    """The rows of style features."""
    each = sorted({measures.folded(word).replace("_", " ") for word in function_words})
    held = [set(measures.words(text)) for text in texts]
    return np.array([marks_of(text) + [word in words for word in each] for text, words in zip(texts, held)], float)


def unseen_scores(model, inputs, target, batches):
    """The score of each comment by a model that saw no comment of its batch."""
    scores = np.zeros(len(target))
    for seen, unseen in GroupKFold(FOLDS).split(inputs, target, batches):
        fitted = model.fit([inputs[i] for i in seen] if isinstance(inputs, list) else inputs[seen], target[seen])
        rest = [inputs[i] for i in unseen] if isinstance(inputs, list) else inputs[unseen]
        scores[unseen] = fitted.decision_function(rest)
    return scores


def auc_within(scores, target, groups):
    """AUC of pairs from the same group only, so that what tells the groups apart does not count."""
    found, pairs = [], []
    for group in sorted(set(groups)):
        inside = groups == group
        n = int(target[inside].sum()) * int((~target[inside]).sum())
        if n:
            found.append(roc_auc_score(target[inside], scores[inside]))
            pairs.append(n)
    return float(np.average(found, weights=pairs))


def plain():
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=2000))


def wordy():
    return make_pipeline(TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, min_df=2),
                         LogisticRegression(C=4.0, max_iter=300))


def frequent_halves(rows, inputs, frequent):
    """The same question among frequent kinds alone, three against three: how much style tells of kinds by nature."""
    found = []
    for half in itertools.combinations(sorted(frequent), 3):
        if sorted(frequent)[0] in half:
            inside = np.array([row["type"] in frequent for row in rows])
            target = np.array([row["type"] in half for row in rows])[inside]
            batches = np.array([row["batch"] for row in rows])[inside]
            found.append(roc_auc_score(target, unseen_scores(plain(), inputs[inside], target, batches)))
    return float(np.mean(found)), float(np.max(found))


def each_kind(rows, inputs, kinds, others):
    """How well style tells each kind from the others, those of its own kind left out."""
    out = {}
    for kind in kinds:
        inside = np.array([row["type"] == kind or row["type"] in others for row in rows])
        target = np.array([row["type"] == kind for row in rows])[inside]
        batches = np.array([row["batch"] for row in rows])[inside]
        out[kind] = float(roc_auc_score(target, unseen_scores(plain(), inputs[inside], target, batches)))
    return out


def report(rows, rare, frequent, function_words):
    """The figures of one language, by name."""
    rows = [row for row in rows if row["type"] in rare or row["type"] in frequent]
    target = np.array([row["type"] in rare for row in rows])
    batches, registers = (np.array([row[key] for row in rows]) for key in ("batch", "register"))
    texts = [row["text"] for row in rows]
    inputs = style(texts, function_words)
    boxes = np.array([[register == name for name in sorted(set(registers))] for register in registers], float)
    scores = unseen_scores(plain(), inputs, target, batches)
    mean, highest = frequent_halves(rows, inputs, frequent)
    return {"style": float(roc_auc_score(target, scores)), "style_in_register": auc_within(scores, target, registers),
            "register": float(roc_auc_score(target, unseen_scores(plain(), boxes, target, batches))),
            "frequent_mean": mean, "frequent_highest": highest, "kinds": each_kind(rows, inputs, rare, frequent),
            "frequent_kinds": each_kind(rows, inputs, frequent, frequent),
            "words": float(roc_auc_score(target, unseen_scores(wordy(), texts, target, batches)))}
