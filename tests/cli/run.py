#!/usr/bin/env python3
"""The command `nazar` from outside: exit codes, data on stdout, words on stderr.

    run.py --nazar BINARY --model FILE --shared FOLDER [--slow] GROUP

Each group is a function group_* here or in a file beside; each case writes its input itself,
so that it can be read on its own.  No case knows what the model answers: it checks what must
hold for every model.  Exit 77: skipped."""
import argparse
import importlib
import os
import sys
import tempfile

from harness import Harness

GROUPS = {
    "usage": "cases_usage", "detect": "cases_tables", "csv": "cases_tables",
    "jsonl": "cases_json", "lines": "cases_json", "xlsx": "cases_xlsx",
    "encodings": "cases_encodings", "output": "cases_output", "resume": "cases_output",
    "options": "cases_options", "hostile": "cases_hostile", "small": "cases_usage",
    "memory": "cases_hostile",
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--nazar", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--shared", required=True)
    parser.add_argument("--slow", action="store_true",
                        help="the binary is a slow one (a sanitizer's): fewer rows will do")
    parser.add_argument("group", choices=sorted(GROUPS))
    args = parser.parse_args()
    if not os.path.isfile(args.model):
        print("skipped: there is no model at", args.model)
        return 77
    with tempfile.TemporaryDirectory() as folder:
        harness = Harness(os.path.abspath(args.nazar), os.path.abspath(args.model),
                          os.path.abspath(args.shared), folder, args.slow)
        module = importlib.import_module(GROUPS[args.group])
        getattr(module, "group_" + args.group)(harness)
        return harness.finish()


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.exit(main())
