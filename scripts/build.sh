#!/usr/bin/env bash
# Builds the addon, and the CUDA plugin where nvcc and cuDNN are found, with cmake-js and the
# TypeScript sources with tsc, both incrementally.
#   --native | --ts   only one of the two
#   --debug           the addon unoptimized, with symbols, in build/Debug
#   --clean           remove earlier outputs of what is built first
set -euo pipefail
cd "$(dirname "$0")/.."
PATH="$PWD/node_modules/.bin:$PATH"

config=Release native=true ts=true clean=false
for argument in "$@"; do
  case "$argument" in
    --debug) config=Debug ;;
    --native) ts=false ;;
    --ts) native=false ;;
    --clean) clean=true ;;
    *) echo "build: unknown option $argument" >&2 && exit 2 ;;
  esac
done

# The published package holds what TypeScript was compiled to.
if [ ! -e tsconfig.json ]; then ts=false; fi

build_native() {
  command -v cmake-js >/dev/null || {
    echo 'build: cmake-js is missing: npm install cmake-js node-addon-api node-api-headers' >&2
    return 1
  }
  local out="$PWD/build/$config"
  if $clean; then rm -rf "$out"; fi
  # A configuration that failed, or that is of another folder or other inputs, is made anew.
  local inputs fresh=false
  inputs=$(bash scripts/build-inputs.sh)
  if [ ! -e "$out/build.ninja" ] && [ ! -e "$out/Makefile" ] ||
    ! grep -qsx "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" "$out/CMakeCache.txt" ||
    [ "$inputs" != "$(cat "$out/inputs.txt" 2>/dev/null)" ]; then
    rm -rf "$out"
    fresh=true
  fi
  local log status=0
  log=$(mktemp)
  trap 'rm -f "$log"' RETURN
  cmake-js build --log-level error --config "$config" --out "$out" \
    --parallel "${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}" >"$log" 2>&1 || status=$?
  if [ -e "$out/found.txt" ]; then
    echo "$inputs" >"$out/inputs.txt"
    if $fresh; then cat "$out/found.txt"; fi
  fi
  if [ $status -ne 0 ]; then
    grep -v '^\[[0-9]*/[0-9]*\]' "$log" >&2
    return 1
  fi
}

newer_than_outputs() {
  [ ! -e dist/.complete ] ||
    [ -n "$(find lib examples bench plans verify test/attack test/tolerances.ts tsconfig*.json package-lock.json -newer dist/.complete \
      -not -name '*.py' -print -quit)" ]
}

build_ts() {
  if $clean; then rm -rf dist; fi
  newer_than_outputs || return 0
  mkdir -p dist/cjs
  local started
  started=$(mktemp)
  trap 'rm -f "$started"' RETURN
  tsc -p tsconfig.esm.json
  tsc -p tsconfig.cjs.json
  echo '{ "type": "commonjs" }' >dist/cjs/package.json
  tsc -p tsconfig.programs.json
  touch -r "$started" dist/.complete
}

if $native; then build_native; fi
if $ts; then build_ts; fi
