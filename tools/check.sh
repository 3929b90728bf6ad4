#!/usr/bin/env bash
# Everything that must hold before a change lands; the gate calls this very script.
#   bash tools/check.sh                     all of it (under 25 minutes on two cores)
#   NZ_FUZZ_SECONDS=5 bash tools/check.sh   the same with short fuzz runs
# Needs nothing but Debian: installs what is missing, and touches the network only then.  Writes
# into build/ alone.  Tests that want the shared corpora beside the project (../shared) or the
# shipped model say that they are skipped when those are not there.
# Three builds: clang with the address and undefined-behaviour sanitizers (every test, and the
# fuzzers), gcc with the thread sanitizer (what runs on several threads), gcc optimised (every test).
set -euo pipefail
cd "$(dirname "$0")/.."

export NZ_FUZZ_SECONDS=${NZ_FUZZ_SECONDS:-60}
jobs=${NZ_JOBS:-$(nproc)}
[ "$jobs" -ge 2 ] || jobs=2

# ---- steps: each is named before it begins and timed when it ends
title="" timings=""

cpu_now() { # into $cpu: whole seconds of this shell and its children so far (a subshell has none)
  times >build/times.log
  cpu=$(tr 'ms' '  ' <build/times.log | awk '{ sum += $1 * 60 + $2 + $3 * 60 + $4 } END { printf "%d", sum }')
}

finish() {
  [ -z "$title" ] && return 0
  cpu_now
  local took="$((SECONDS - began)) s, CPU $((cpu - cpu_began)) s: $title"
  echo "-- took $took"
  timings+="   $took"$'\n'
  title=""
}

step() {
  finish
  cpu_now
  title=$1 began=$SECONDS cpu_began=$cpu
  printf '\n== %s\n' "$title"
}

failed() {
  printf '\nnazar: tools/check.sh FAILED in the step "%s"; what failed stands above\n' "${title:-start}" >&2
}
trap '[ $? -eq 0 ] || failed' EXIT

configure() { # folder, then cmake options
  local folder=$1
  shift
  cmake -S . -B "$folder" -G Ninja "${launcher[@]}" "$@" >"$folder.log" 2>&1 || { cat "$folder.log"; return 1; }
}

compile() { # folder, then options of cmake --build
  local folder=$1
  shift
  cmake --build "$folder" -j "$jobs" "$@" >"$folder.log" 2>&1 ||
    { grep -E -A8 'FAILED:|error:|warning:' "$folder.log" | head -100 || tail -n 60 "$folder.log"; return 1; }
}

run_tests() { # folder, then options of ctest
  local folder=$1
  shift
  "${steady[@]}" ctest --test-dir "$folder" -j "$jobs" --output-on-failure "$@"
}

# ---- the gate
mkdir -p build
step "Debian packages"
bash tools/dev/install.sh check
launcher=()
command -v ccache >/dev/null && launcher=(-DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
# Sanitizers of this age want their shadow memory where kernels of today may place a library.
steady=()
setarch "$(uname -m)" -R true 2>/dev/null && steady=(setarch "$(uname -m)" -R)

step "rules of the house, word lists"
python3 tools/dev/check_structure.py
python3 tools/dev/check_lexicons.py
python3 tools/dev/check_labelling.py
with_sklearn=python3
python3 -c 'import sklearn' 2>/dev/null || with_sklearn=/usr/bin/python3
"$with_sklearn" tools/dev/check_corpus.py --known --style

step "build: clang, address and undefined-behaviour sanitizers, fuzzers"
configure build/asan -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_BUILD_TYPE=RelWithDebInfo \
  -DNZ_SANITIZE=address,undefined -DNZ_FUZZ=ON
compile build/asan

step "every test, under these sanitizers"
run_tests build/asan -LE fuzz

step "fuzzers, ${NZ_FUZZ_SECONDS} s each"
run_tests build/asan -L fuzz

step "build: gcc, thread sanitizer"
configure build/tsan -DCMAKE_C_COMPILER=gcc -DCMAKE_CXX_COMPILER=g++ -DCMAKE_BUILD_TYPE=RelWithDebInfo \
  -DNZ_SANITIZE=thread
compile build/tsan --target threads_tests

step "what runs on several threads, under this sanitizer"
run_tests build/tsan -L threads

step "build: gcc, optimised"
configure build/check -DCMAKE_C_COMPILER=gcc -DCMAKE_CXX_COMPILER=g++ -DCMAKE_BUILD_TYPE=Release
compile build/check
finish
printf '\n== took so far\n%s' "$timings"

step "every test, optimised"
run_tests build/check
