#!/usr/bin/env bash
# From a clean clone to classified comments in one command: install what is missing, build an optimised
# nazar, classify the shipped sample of comments in three languages and show the result as a table.
set -euo pipefail
cd "$(dirname "$0")/.."

bash tools/dev/install.sh build
mkdir -p build
log=build/quick.log
echo "nazar: building (build/quick) ..." >&2
cmake -S . -B build/quick -G Ninja -DCMAKE_BUILD_TYPE=Release -DNZ_TESTS=OFF -DNZ_WERROR=OFF >"$log" 2>&1 ||
  { cat "$log" >&2; exit 1; }
cmake --build build/quick --target nazar_cli >>"$log" 2>&1 || { tail -n 40 "$log" >&2; exit 1; }

nazar=build/quick/bin/nazar
[ -t 1 ] || export COLUMNS=150 # a table in a file or a log may be wider
"$nazar" classify models/sample/comments.csv --format table --id-column id
cat >&2 <<EOT

Next:
  $nazar classify YOUR.csv -o answers.csv     your own export: CSV, TSV, XLSX, JSONL or plain lines
  $nazar explain "the app crashes after the update"
  $nazar --help
EOT
