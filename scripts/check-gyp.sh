#!/usr/bin/env bash
# Builds the addon with node-gyp, in a copy of the sources, and loads it.
set -euo pipefail
cd "$(dirname "$0")/.."

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -r package.json binding.gyp native "$copy"
mkdir "$copy/scripts"
cp scripts/sources.cjs "$copy/scripts"
ln -s "$PWD/node_modules" "$copy/node_modules"
export CXX=g++
if command -v ccache >/dev/null; then export CXX='ccache g++'; fi
(cd "$copy" && node_modules/.bin/node-gyp rebuild --jobs "${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}")
node -e 'const names = Object.keys(require(process.argv[1])); if (!names.length) process.exit(1)' \
  "$copy/build/Release/node_cudnn.node"
