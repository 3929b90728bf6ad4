#!/usr/bin/env python3
"""`nazar classify` with one thread and with four: the same bytes out, in every format.

    run_command.py --nazar BINARY --model FILE

Any model will do.  Under the thread sanitizer a race ends the command with another exit code."""
import argparse
import os
import subprocess
import sys
import tempfile

WORDS = ("great terrible crash crashes app delivery late price expensive please add dark mode "
         "refund support never answered love hate cancel but not \u0639\u0627\u0644\u06cc "
         "\u0628\u062f \u06a9\u0646\u062f \u0645\u0645\u062a\u0627\u0632 \u0633\u064a\u0626 "
         "qwxz unheardof 5 ! .").split()
ROWS = 4000  # several blocks of rows for each thread


def comment(number):
    state, words = number * 2654435761 % 2**32, []
    for _ in range(1 + number % 17):
        state = (state * 1103515245 + 12345) % 2**31
        words.append(WORDS[(state >> 8) % len(WORDS)])
    return " ".join(words)


def classify(args, folder, jobs, *options):
    done = subprocess.run([args.nazar, "classify", "-q", "-j", str(jobs), "--model", args.model,
                           *options], cwd=folder, capture_output=True, timeout=240)
    if done.returncode != 0:
        print("-j %d %s: exit %d\n%s" % (jobs, " ".join(options), done.returncode,
                                         done.stderr.decode("utf-8", "replace")))
        sys.exit(1)
    return done.stdout


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--nazar", required=True)
    parser.add_argument("--model", required=True)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "a.csv"), "w", encoding="utf-8") as file:
            file.write("id,text,stars\n")
            file.writelines("%d,%s,%d\n" % (i, comment(i), i % 6) for i in range(ROWS))
        with open(os.path.join(folder, "a.txt"), "w", encoding="utf-8") as file:
            file.writelines(comment(i) + "\n" for i in range(ROWS))
        for options in (["a.csv"], ["a.csv", "-f", "jsonl", "--evidence", "--clauses"],
                        ["a.csv", "--rating-column", "stars", "--redact"], ["a.txt"],
                        ["a.csv", "a.csv", "-f", "tsv"]):
            one, four = classify(args, folder, 1, *options), classify(args, folder, 4, *options)
            if one.count(b"\n") < ROWS or one != four:
                print("%s: -j 4 differs from -j 1" % " ".join(options))
                return 1
    print("5 ways, the same bytes with 1 and 4 threads")
    return 0


if __name__ == "__main__":
    sys.exit(main())
