#!/usr/bin/env bash
# Train the shipped model again from the public comments and our labels, and measure it.
#   bash tools/train_default.sh [DATA_FOLDER [LABELS_FOLDER]]     default: ../shared/data ../shared/labels
# Writes models/default.nzm and models/default.card.md; rows and reports stay in build/default.
# The same inputs on the same kind of processor give the same bytes.
set -euo pipefail
cd "$(dirname "$0")/.."
data=${1:-../shared/data}
labels=${2:-../shared/labels}
[ -d "$data" ] && [ -d "$labels" ] || {
  echo "nazar: $data or $labels is not there; name the folders: bash tools/train_default.sh DATA LABELS" >&2
  exit 2
}
bash tools/dev/install.sh build
cmake -S . -B build/quick -G Ninja -DCMAKE_BUILD_TYPE=Release -DNZ_TESTS=OFF -DNZ_WERROR=OFF >/dev/null
cmake --build build/quick --target nazar_cli >/dev/null
nazar=build/quick/bin/nazar
work=build/default
mkdir -p "$work"

python3 tools/dev/prepare_data.py --data "$data" --labels "$labels" --out "$work" >"$work/rows.tsv"
"$nazar" train --data "$work/train.jsonl" --taxonomy models/taxonomy.json --lexicons lexicons \
  --probes models/probes --seed 1 --l2 2 -o models/default.nzm
# One report a part: our labels, our written comments, the public sources.
for part in labels written sources; do
  "$nazar" evaluate --model models/default.nzm --data "$work/dev_$part.jsonl" \
    $([ "$part" = sources ] && echo --by source) --json "$work/$part.json" --markdown "$work/$part.md"
done
peer=()
[ -f "$work/sklearn.json" ] && peer=(--peer "$work/sklearn.json") # from bench/quality_sklearn.py on the same rows
python3 tools/dev/model_card.py --rows "$work/rows.tsv" --labels "$work/labels.json" \
  --written "$work/written.json" --sources "$work/sources.json" "${peer[@]}" >models/default.card.md
