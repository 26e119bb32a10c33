#!/usr/bin/env bash
# Builds and runs the fuzzer of the ops: random cases on the CPU backend against the reference. Its
# options stand at the head of native/test/fuzz/main.cpp.
set -euo pipefail
cd "$(dirname "$0")/.."
exec "$(bash scripts/native-tests.sh --fuzz --build-only)" "$@"
