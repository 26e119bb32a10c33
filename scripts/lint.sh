#!/usr/bin/env bash
# ESLint, type check of everything, Prettier and clang-format; all four are run.
set -uo pipefail
cd "$(dirname "$0")/.."
PATH="$PWD/node_modules/.bin:$PATH"

status=0
check() {
  "$@" || { echo "lint: $1 failed" >&2; status=1; }
}

check tsc -p tsconfig.json
check eslint --max-warnings 0 .
check prettier --check --log-level warn .
mapfile -t sources < <(find native -name '*.h' -o -name '*.cpp' -o -name '*.cu' -o -name '*.cuh')
check clang-format --dry-run -Werror "${sources[@]}"
exit $status
