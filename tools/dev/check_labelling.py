#!/usr/bin/env python3
"""Check models/labelling/LL.tsv: the worked examples of every label of models/taxonomy.json.

Each line has six columns (models/labelling.md, "The lists of examples"), names labels that the taxonomy
has, and stands once, here and in models/corpus; every label has at least 10 examples of each kind.
Usage: check_labelling.py [LL ...]     (fa ar en; default all)
Exit 0: no error.  1: errors, one line each with the file and what is missing or wrong.
"""

import json
import re
import sys
from collections import Counter
from pathlib import Path

MODELS = Path(__file__).resolve().parents[2] / "models"
LANGUAGES = ("fa", "ar", "en")
HEADS = ("category", "sentiment", "type", "reason", "question")
COLUMNS = ["head", "label", "kind", "text", "instead", "why"]
KINDS = ("positive", "negative", "borderline")
LEAST = 10


def labels_of_heads():
    """Head -> its labels; a head of yes and no has "true" and "false"."""
    taxonomy = json.loads((MODELS / "taxonomy.json").read_text(encoding="utf-8"))
    heads = {head["name"]: head for head in taxonomy["heads"]}
    return {name: ["true", "false"] if heads[name]["kind"] == "binary"
            else [label["name"] for label in heads[name]["labels"]] for name in HEADS}


def needs_examples(head, label):
    """The absence of a reason or of a question is nothing to show examples of."""
    return (head, label) not in (("reason", "none"), ("question", "false"))


def fold(text):
    """The text without case, spaces and punctuation: two that fold alike are one example."""
    return re.sub(r"[\W_]+", "", text.lower()) or text


def faults(cells, labels):
    """What is wrong with one line of six columns."""
    head, label, kind, text, instead, why = cells
    if any(cell != cell.strip() for cell in cells):
        yield "space at the edge of a column"
    if not text:
        yield "no text"
    if head not in labels:
        yield f"unknown head '{head}'"
        return
    if label not in labels[head] or not needs_examples(head, label):
        yield f"{head}: no label '{label}' to show"
    if kind not in KINDS:
        yield f"unknown kind '{kind}'; write one of {' '.join(KINDS)}"
    if instead and (instead not in labels[head] or instead == label):
        yield f"{head}: instead '{instead}' is no other label of it"
    if kind == "positive" and instead:
        yield "a positive example has no label instead"
    if kind == "negative" and not instead:
        yield "a negative example names the label it has instead"
    if kind != "positive" and not why:
        yield "say why"


def check(language, labels):
    """Every error of one language's file."""
    path = MODELS / "labelling" / f"{language}.tsv"
    name = f"models/labelling/{language}.tsv"
    if not path.exists():
        return [f"{name}: not there"]
    corpus = MODELS / "corpus" / f"{language}.jsonl"
    seen = {fold(json.loads(line)["text"]): corpus.name for line in corpus.open(encoding="utf-8")}
    errors, count, header = [], Counter(), False
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.split("\t")
        if not header:
            header = True
            if cells != COLUMNS:
                errors.append(f"{name}:{number}: the first line names the columns {' '.join(COLUMNS)}")
        elif len(cells) != len(COLUMNS):
            errors.append(f"{name}:{number}: {len(cells)} columns, expected {len(COLUMNS)}")
        else:
            errors += [f"{name}:{number}: {fault}" for fault in faults(cells, labels)]
            key = fold(cells[3])
            if key in seen:
                errors.append(f"{name}:{number}: the text stands in {seen[key]} too")
            seen[key] = f"line {number}"
            count[tuple(cells[:3])] += 1
    errors += [f"{name}: {head} {label} {kind}: {count[head, label, kind]} examples, at least {LEAST}"
               for head in HEADS for label in labels[head] if needs_examples(head, label)
               for kind in KINDS if count[head, label, kind] < LEAST]
    print(f"{name}: {sum(count.values())} examples")
    return errors


def main(arguments):
    if any(argument not in LANGUAGES for argument in arguments):
        print(__doc__, file=sys.stderr)
        return 2
    labels = labels_of_heads()
    errors = [error for ll in arguments or LANGUAGES for error in check(ll, labels)]
    print("\n".join(errors + [f"{len(errors)} errors"]))
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
