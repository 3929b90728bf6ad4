#!/usr/bin/env bash
# From a clean clone to classified comments in one command: install what is missing, build an optimised
# nazar, classify the shipped sample of comments in three languages and show the result as a table.
set -euo pipefail
cd "$(dirname "$0")/.."

bash tools/dev/install.sh build
echo "nazar: building (build/quick) ..." >&2
cmake -S . -B build/quick -G Ninja -DCMAKE_BUILD_TYPE=Release -DNZ_TESTS=OFF -DNZ_WERROR=OFF >build-quick.log 2>&1 ||
  { cat build-quick.log >&2; exit 1; }
cmake --build build/quick --target nazar_cli >>build-quick.log 2>&1 || { tail -n 40 build-quick.log >&2; exit 1; }
rm -f build-quick.log

nazar=build/quick/bin/nazar
"$nazar" classify models/sample/comments.csv --format table
cat >&2 <<EOT

Next:
  $nazar classify YOUR.csv -o answers.csv     your own export, CSV, XLSX, JSONL or plain lines
  $nazar explain "the app crashes after the update"
  $nazar --help
EOT
