#!/usr/bin/env bash
# Everything that must hold before a change lands; the gate calls this very script.
#   bash tools/check.sh              all of it (about 20 minutes on two cores)
#   NZ_FUZZ_SECONDS=5 bash tools/check.sh   the same with short fuzz runs
# Needs nothing but Debian: installs what is missing.  Tests that want the shared corpora beside the
# project (../shared) say that they are skipped when those are not there.
set -euo pipefail
cd "$(dirname "$0")/.."

bash tools/dev/install.sh check
jobs=$(nproc)
export NZ_FUZZ_SECONDS=${NZ_FUZZ_SECONDS:-60}
launcher=()
command -v ccache >/dev/null && launcher=(-DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)

step() { printf '\n== %s (%ss)\n' "$1" "$SECONDS"; }

configure_and_build() { # folder, then cmake options
  local folder=$1
  shift
  cmake -S . -B "$folder" -G Ninja "${launcher[@]}" "$@" >"$folder.log" 2>&1 || { cat "$folder.log"; exit 1; }
  cmake --build "$folder" -j "$jobs" >>"$folder.log" 2>&1 || { grep -E 'error|warning|FAILED' -A5 "$folder.log" | head -80; exit 1; }
  rm -f "$folder.log"
}

mkdir -p build
step "structure, style, tables"
python3 tools/dev/check_structure.py
python3 tools/dev/check_lexicons.py

step "clang, address and undefined-behaviour sanitizers: every test, and the fuzzers for ${NZ_FUZZ_SECONDS}s each"
configure_and_build build/asan -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_BUILD_TYPE=RelWithDebInfo \
  -DNZ_SANITIZE=address,undefined -DNZ_FUZZ=ON
ctest --test-dir build/asan -j "$jobs" --output-on-failure -LE slow

step "gcc, thread sanitizer: what runs on several threads"
configure_and_build build/tsan -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=RelWithDebInfo -DNZ_SANITIZE=thread
ctest --test-dir build/tsan -j "$jobs" --output-on-failure -L threads

step "gcc, optimised: every test"
configure_and_build build/check -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=Release
ctest --test-dir build/check -j "$jobs" --output-on-failure
