#!/usr/bin/env bash
set -euo pipefail
cd "$(dirname "$0")/.."
PATH="$PWD/node_modules/.bin:$PATH"

prettier --write --log-level warn .
find native \( -name '*.h' -o -name '*.cpp' \) -exec clang-format -i {} +
