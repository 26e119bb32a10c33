#!/usr/bin/env bash
# Builds and runs the GoogleTest suite, without Node.
#   --sanitize=address|undefined|thread   under that sanitizer
#   --debug                               unoptimized, with symbols
#   --build-only                          print the program's path instead of running it
# Everything else goes to the program, for example --gtest_filter='Conv2d*'.
set -euo pipefail
cd "$(dirname "$0")/.."

sanitize='' config=Release build_only=false arguments=()
for argument in "$@"; do
  case "$argument" in
    --sanitize=*) sanitize="${argument#*=}" ;;
    --debug) config=Debug ;;
    --build-only) build_only=true ;;
    *) arguments+=("$argument") ;;
  esac
done

out="$PWD/build/tests-${sanitize:-$config}"
suppressions="$PWD/native/test/suppressions"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if [ ! -e "$out/build.ninja" ] && [ ! -e "$out/Makefile" ]; then
  rm -rf "$out"
  generator=()
  if command -v ninja >/dev/null; then generator=(-G Ninja); fi
  cmake -S . -B "$out" "${generator[@]}" -DCMAKE_BUILD_TYPE="$config" -DSANITIZE="$sanitize" \
    >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
fi
cmake --build "$out" --parallel "${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}" >"$log" 2>&1 ||
  { grep -v '^\[[0-9]*/[0-9]*\]' "$log" >&2; exit 1; }

program="$out/native/test/node_cudnn_tests"
if $build_only; then
  echo "$program"
  exit
fi

case "$sanitize" in
  address)
    export ASAN_OPTIONS="detect_leaks=1:${ASAN_OPTIONS:-}"
    export LSAN_OPTIONS="suppressions=$suppressions/leak.txt:print_suppressions=0:${LSAN_OPTIONS:-}"
    ;;
  undefined) export UBSAN_OPTIONS="print_stacktrace=1:${UBSAN_OPTIONS:-}" ;;
  thread)
    # libgomp's barriers are invisible to the sanitizer: with one thread there are none.
    export OMP_NUM_THREADS=1
    export TSAN_OPTIONS="suppressions=$suppressions/thread.txt:halt_on_error=1:${TSAN_OPTIONS:-}"
    ;;
esac
exec "$program" "${arguments[@]}"
