#!/usr/bin/env bash
# Compiles users' programs against a packed package: with every TypeScript that test/package names,
# as ES module and CommonJS, with and without the types of Node.js, declarations checked and not.
#   check-types.sh TARBALL      test/package/node_modules has to be there
set -euo pipefail
tarball=$(realpath "$1")
cd "$(dirname "$0")/../test/package"
tools=$PWD/node_modules

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for user in plain typed; do
  mkdir -p "$folder/$user/node_modules/node-cudnn"
  tar -xzf "$tarball" -C "$folder/$user/node_modules/node-cudnn" --strip-components=1
  echo '{ "type": "module" }' >"$folder/$user/package.json"
  cp program.ts "$folder/$user"
  cp program.ts "$folder/$user/program.cts"
  cp types.ts "$folder/$user"
done
cp dispose.ts "$folder/plain"
cp with-node.ts "$folder/typed"
# Under /tmp no other types are found on the way up.
mkdir -p "$folder/typed/node_modules/@types"
cp -r "$tools/@types/node" "$folder/typed/node_modules/@types"
cp -r "$tools/undici-types" "$folder/typed/node_modules"

# config NAME USER LIB TYPES MODULE RESOLUTION SKIP FILES: a tsconfig of that name
config() {
  cat >"$folder/$2/$1.json" <<END
{ "compilerOptions": { "strict": true, "exactOptionalPropertyTypes": true, "noEmit": true,
    "target": "es2022", "lib": $3, "types": $4, "module": "$5",
    "moduleResolution": "$6", "skipLibCheck": $7 }, "exclude": [], "include": $8 }
END
}
for skip in true false; do
  for modules in 'nodenext nodenext' 'esnext bundler'; do
    read -r module resolution <<<"$modules"
    name=$module-$skip
    programs='["program.ts", "types.ts"]'
    if [ "$module" = nodenext ]; then programs='["program.ts", "program.cts", "types.ts"]'; fi
    config "$name" plain '["es2022"]' '[]' "$module" "$resolution" "$skip" "$programs"
    programs="${programs%]}, \"with-node.ts\"]"
    config "$name" typed '["es2022"]' '["node"]' "$module" "$resolution" "$skip" "$programs"
  done
done
config dom plain '["es2022", "dom", "esnext.disposable"]' '[]' nodenext nodenext false \
  '["program.ts", "dispose.ts"]'
# Every declaration that is shipped, also those that no program reaches.
config shipped plain '["es2022"]' '[]' nodenext nodenext false \
  '["node_modules/node-cudnn/dist/**/*.ts", "node_modules/node-cudnn/dist/**/*.cts"]'

failed=0 passed=0
for compiler in "$tools"/typescript-*; do
  for config in "$folder"/{plain,typed}/*-*.json "$folder"/plain/{dom,shipped}.json; do
    if (cd "$(dirname "$config")" && node "$compiler/bin/tsc" -p "$(basename "$config")"); then
      passed=$((passed + 1))
    else
      failed=$((failed + 1))
      echo "check-types: ${compiler##*/} with ${config#"$folder"/} failed" >&2
    fi
  done
done
echo "check-types: $passed compilations as they should be, $failed not"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
