#!/usr/bin/env bash
# Packs the package, checks its entry points and types, and loads it by import and by require with
# the addon of build/Release.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH="$PWD/node_modules/.bin:$PATH"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm pack --silent --loglevel=error --pack-destination "$folder" >/dev/null
tarball=$(echo "$folder"/*.tgz)
publint run --strict "$tarball"
attw "$tarball"

installed="$folder/user/node_modules/node-cudnn"
mkdir -p "$installed/build/Release"
tar -xzf "$tarball" -C "$installed" --strip-components=1
cp build/Release/node_cudnn.node "$installed/build/Release"
for name in $(node -p 'Object.keys(require("./package.json").dependencies).join(" ")'); do
  ln -s "$PWD/node_modules/$name" "$folder/user/node_modules/$name"
done
cd "$folder/user"
check='if (typeof nodeCudnn.sequential !== "function") throw new Error("no sequential()");'
node --input-type=module -e "import * as nodeCudnn from 'node-cudnn'; $check"
node --input-type=commonjs -e "const nodeCudnn = require('node-cudnn'); $check"
