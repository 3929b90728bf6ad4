#!/usr/bin/env bash
# Install into an empty prefix, build the C program of the README against it with pkg-config and with
# find_package, run both and the installed command.  usage: run.sh BUILD_FOLDER SOURCE_FOLDER
set -euo pipefail
build=$1 source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
model=$source/models/default.nzm
[ -f "$model" ] || { echo "models/default.nzm is not there: skipped"; exit 77; }

cmake --install "$build" --prefix "$work/prefix" >"$work/install.log"
for needed in taxonomy.json lexicons/polarity_fa.tsv probes/probes_fa.txt default.nzm; do
  [ -f "$work/prefix/share/nazar/$needed" ] || { echo "not installed: share/nazar/$needed"; exit 1; }
done
awk '/^```c$/{inside=1;next} /^```$/{inside=0} inside' "$source/README.md" >"$work/classify.c"
[ -s "$work/classify.c" ] || { echo "README.md shows no C program"; exit 1; }

libraries=$(dirname "$(find "$work/prefix" -name libnazar.so)")
export PKG_CONFIG_PATH=$libraries/pkgconfig
# shellcheck disable=SC2046
gcc -std=c11 -Wall -Wextra -Wpedantic -Werror "$work/classify.c" $(pkg-config --cflags --libs nazar) -o "$work/by-pkg-config"
export LD_LIBRARY_PATH=$libraries
"$work/by-pkg-config" "$model" "The app crashes after the update" | tee "$work/answer"
grep -q '^bug_report ' "$work/answer"

cat >"$work/CMakeLists.txt" <<'LISTS'
cmake_minimum_required(VERSION 3.25)
project(example C)
find_package(nazar 0.1 REQUIRED)
add_executable(by-cmake classify.c)
target_link_libraries(by-cmake PRIVATE nazar::nazar)
file(WRITE ${CMAKE_BINARY_DIR}/model.txt "${nazar_MODEL}")
LISTS
cmake -S "$work" -B "$work/b" -DCMAKE_PREFIX_PATH="$work/prefix" >"$work/cmake.log"
cmake --build "$work/b" >>"$work/cmake.log"
"$work/b/by-cmake" "$(cat "$work/b/model.txt")" "The app crashes after the update" | diff - "$work/answer"

# The installed command finds the installed model by itself.
echo 'the app crashes after the update' | env -u NAZAR_MODEL "$work/prefix/bin/nazar" classify -q - | grep -q bug_report
if nm -D --defined-only "$libraries/libnazar.so" | awk '$2=="T"{print $3}' | grep -qv '^nz_'; then
  echo "libnazar.so exports names that do not begin with nz_"; exit 1
fi
if ldd "$libraries/libnazar.so" | grep -q openblas; then echo "libnazar.so links OpenBLAS"; exit 1; fi
echo "installed, built by pkg-config and by CMake, ran"
