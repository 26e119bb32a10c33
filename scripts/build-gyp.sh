#!/usr/bin/env bash
# Builds the addon with node-gyp into build/, which is emptied first. The headers are those that
# came with this Node.js, where it has them; else node-gyp downloads them.
# Arguments go to node-gyp, for example --debug.
set -euo pipefail
cd "$(dirname "$0")/.."

headers=()
prefix=$(node -p 'path.resolve(process.execPath, "../..")')
if [ -e "$prefix/include/node/common.gypi" ]; then headers=("--nodedir=$prefix"); fi
if command -v ccache >/dev/null; then export CXX="ccache ${CXX:-g++}"; fi
node_modules/.bin/node-gyp rebuild --jobs "${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}" "${headers[@]}" \
  "$@"
