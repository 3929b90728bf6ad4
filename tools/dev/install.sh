#!/usr/bin/env bash
# Install the Debian packages that nazar needs, unless they are there; the network is used only
# for what is missing.  As root, or through sudo.
#   bash tools/dev/install.sh build    what the quick start needs
#   bash tools/dev/install.sh check    the same and what the tests need
set -euo pipefail

build="gcc g++ cmake ninja-build pkg-config libicu-dev libstemmer-dev libpcre2-dev libopenblas-serial-dev
  libjansson-dev libsimdjson-dev libpopt-dev zlib1g-dev libexpat1-dev libminizip-dev libxlsxwriter-dev"
check="clang libclang-rt-14-dev libcmocka-dev python3"

packages=$build
if [ "${1:-build}" = check ]; then
  packages="$build $check"
  # Debian's is 50 MB with what it needs; another one that python3 finds does as well.
  python3 -c 'import sklearn' 2>/dev/null || packages="$packages python3-sklearn"
fi

missing=""
for package in $packages; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
done
[ -z "$missing" ] && exit 0

as_root=""
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "nazar: run as root, or install sudo, to install:$missing" >&2; exit 1; }
  as_root=sudo
fi
echo "nazar: installing$missing" >&2
# Through env: sudo passes no variables on.
apt="$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq"
fail() { echo "nazar: apt-get could not install:$missing; its words stand above" >&2; exit 1; }
# shellcheck disable=SC2086
$apt update >/dev/null || fail
# shellcheck disable=SC2086
$apt install -y --no-install-recommends $missing >/dev/null || fail
