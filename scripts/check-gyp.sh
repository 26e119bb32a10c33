#!/usr/bin/env bash
# Builds the addon with node-gyp, in a copy of the sources, and loads it. Without optimization, which
# takes most of the time and checks nothing of the build.
set -euo pipefail
cd "$(dirname "$0")/.."

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -r package.json binding.gyp native "$copy"
mkdir "$copy/scripts"
cp scripts/sources.cjs scripts/build-gyp.sh "$copy/scripts"
ln -s "$PWD/node_modules" "$copy/node_modules"
bash "$copy/scripts/build-gyp.sh" --debug
node -e 'const names = Object.keys(require(process.argv[1])); if (!names.length) process.exit(1)' \
  "$copy/build/Debug/node_cudnn.node"
