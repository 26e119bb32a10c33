#!/usr/bin/env bash
# Installs what a build and the tests need: Debian packages, cuDNN where there is nvcc, then the npm
# packages of the lockfile.
# Does nothing, in a fraction of a second, where everything is there.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
  printf 'setup: %s\n' "$@" >&2
  exit 1
}

[ "$(uname -s) $(uname -m)" = 'Linux x86_64' ] ||
  fail "node-cudnn builds on Linux x86-64; this is $(uname -s) $(uname -m)."
node_major=$(node -p 'process.versions.node.split(".")[0]') || fail 'node was not found.'
[ "$node_major" -ge 20 ] || fail "node-cudnn needs Node.js 20 or newer; this is $(node --version)."

have_header() {
  [ -e "/usr/include/$1" ] || [ -e "/usr/local/include/$1" ] ||
    { command -v g++ >/dev/null && echo "#include <$1>" | g++ -E -x c++ - >/dev/null 2>&1; }
}

# The Debian packages whose commands or files are not on this machine.
missing_packages() {
  command -v g++ >/dev/null || echo g++
  command -v cmake >/dev/null || echo cmake
  command -v ninja >/dev/null || command -v make >/dev/null || echo ninja-build
  command -v clang-format >/dev/null || echo clang-format
  # Not needed; CI compiles the same sources in several build folders.
  [ -z "${CI:-}" ] || command -v ccache >/dev/null || echo ccache
  have_header oneapi/dnnl/dnnl.hpp || echo libdnnl-dev
  have_header gtest/gtest.h || echo libgtest-dev
  [ -e /usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz ] || echo dataset-fashion-mnist
}

install_packages() {
  local line="apt-get install -y $*"
  command -v apt-get >/dev/null ||
    fail "missing: $*" 'There is no apt-get here: install these (named as in Debian) and run again.'
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    { command -v sudo >/dev/null && sudo -n true 2>/dev/null; } ||
      fail "missing: $*" 'Run this as root, then run again:' "  $line"
    as_root=(sudo -n)
  fi
  echo "setup: $line"
  export DEBIAN_FRONTEND=noninteractive
  "${as_root[@]}" apt-get -o Acquire::Retries=2 update -qq ||
    echo 'setup: the package lists could not be updated; trying with those of this machine.' >&2
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null ||
    fail "apt-get could not install: $*" \
      'Is a Debian or Ubuntu package mirror reachable? With a network, run:' "  $line"
}

mapfile -t missing < <(missing_packages)
if [ "${#missing[@]}" -gt 0 ]; then
  install_packages "${missing[@]}"
  mapfile -t missing < <(missing_packages)
  [ "${#missing[@]}" -eq 0 ] || fail "installed, and still not found: ${missing[*]}"
fi

bash scripts/setup-cuda.sh

# npm writes this file last; the lockfile is newer when it changed since.
if [ ! -e node_modules/.package-lock.json ] ||
  [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo 'setup: npm ci'
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error \
    --fetch-retries=2 --fetch-retry-mintimeout=2000 --fetch-retry-maxtimeout=10000 ||
    fail 'npm ci failed. Is the npm registry reachable?' \
      'Without a network, copy node_modules from a machine that has one.'
fi
