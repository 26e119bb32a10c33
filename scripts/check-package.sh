#!/usr/bin/env bash
# Packs the package, checks its entry points, compiles programs against its types, installs it with
# every package manager, loads it by import, by require and from a bundle with the addon of
# build/Release, and builds that addon, and the CUDA plugin where this machine can, from what was packed.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH="$PWD/node_modules/.bin:$PATH"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm pack --silent --loglevel=error --pack-destination "$folder" >/dev/null
tarball=$(echo "$folder"/*.tgz)
publint run --strict "$tarball"
attw "$tarball"

(cd test/package && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
bash scripts/check-types.sh "$tarball"
node scripts/check-install.mjs "$tarball"

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

# A bundle says that the package has to be left out of it; one without it runs.
cat >program.mjs <<'END'
import { layers, sequential } from 'node-cudnn';
const model = sequential({ backend: 'cpu', layers: [layers.dense({ units: 1, inputShape: [1] })] });
void model.predict([[1]]).then(({ shape }) => console.log(`a program with its package outside: [${shape}]`));
END
bundle() {
  "$OLDPWD/test/package/node_modules/.bin/esbuild" program.mjs --bundle --platform=node \
    --log-level=error "$@"
}
mkdir "$folder/bundle"
for format in esm cjs; do
  file="$folder/bundle/program.${format/esm/mjs}"
  bundle --format=$format --outfile="$file"
  if said=$(node "$file" 2>&1) || ! grep -q ERR_BACKEND <<<"$said" ||
    ! grep -q 'Mark node-cudnn as external' <<<"$said"; then
    printf 'what a bundle says: %s\n' "$said" >&2
    exit 1
  fi
done
bundle --format=esm --external:node-cudnn --outfile=outside.mjs
node outside.mjs

# As a user would: with cmake-js and the headers installed beside the package.
mkdir node_modules/.bin
ln -s "$OLDPWD/node_modules/.bin/cmake-js" node_modules/.bin/cmake-js
for name in cmake-js node-addon-api node-api-headers; do
  ln -s "$OLDPWD/node_modules/$name" "node_modules/$name"
done
rm -r node_modules/node-cudnn/build
npm run --silent --prefix node_modules/node-cudnn build
node --input-type=commonjs -e "
  const { readdirSync } = require('node:fs');
  const made = readdirSync('node_modules/node-cudnn/build/Release');
  if (!made.includes('node_cudnn.node')) throw new Error('the package does not build its addon');
  if (process.env.NODE_CUDNN_CUDA === 'ON' && !made.includes('node_cudnn_cuda.so'))
    throw new Error('the package does not build its CUDA plugin');
  require('node-cudnn');"
