#!/usr/bin/env bash
# What the built libraries must not hold: writable globals, calls that print, end the process or
# allocate past base/memory.c, exported names that are not nz_*; and libnazar.so must not bring
# OpenBLAS (thread pool, fork hazards) into a program that only classifies.
#   bash tools/dev/check_library.sh BUILD_FOLDER      of an unsanitised build; needs binutils
set -euo pipefail
cd "$1"

bad=0
breach() { echo "$1: $2"; bad=1; }

for library in libnazar.a libnazar_train.a; do
  # .data.rel.ro is constant once the loader has done its work; .data and .bss are not.
  writable=$(size -A "$library" | awk '/\(ex / { file = $1 }
    $1 ~ /^\.(data|bss|tdata|tbss)(\.|$)/ && $1 !~ /^\.data\.rel\.ro/ && $2 > 0 { print file, $1, $2 " bytes" }')
  [ -z "$writable" ] || breach "$library" "writable globals; keep state in a handle: $writable"
  calls=$(nm -A -u "$library" | grep -E ' U (v?f?printf|puts|putchar|perror|stdout|stderr|abort|_?exit|getenv|setenv|signal|setlocale|__assert_fail|malloc|calloc|realloc|free|strdup)$' |
    grep -vE ':memory\.c\.o:.* (realloc|free)$' || true)
  [ -z "$calls" ] || breach "$library" "calls that a library of ours does not make: $calls"
done

names=$(nm -D --defined-only libnazar.so | awk '$3 !~ /^nz_/ { print $3 }')
[ -z "$names" ] || breach libnazar.so "exports names that are not nz_*: $names"
needed=$(readelf -d libnazar.so | grep -iE 'NEEDED.*(blas|jansson|gomp)' || true)
[ -z "$needed" ] || breach libnazar.so "links what only training needs: $needed"
exit $bad
