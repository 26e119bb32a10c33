#!/usr/bin/env bash
# Builds and runs the GoogleTest programs, without Node: that of the core and the CPU backends, and
# that of the CUDA plugin where it can be built.
#   --sanitize=address|undefined|thread   under that sanitizer; address,undefined: under both
#   --debug                               unoptimized, with symbols
#   --core, --cuda                        only the one program or the other
#   --fuzz --build-only                   the fuzzer of scripts/native-fuzz.sh
#   --device --build-only                 the programs of native/test/device, which need a device
#   --build-only                          print the program's path instead of running it
# Everything else goes to the programs, for example --gtest_filter='Conv2d*'. The report of the
# second, named by --gtest_output=json:name.json, is name-cuda.json.
set -euo pipefail
cd "$(dirname "$0")/.."

sanitize='' config=Release build_only=false program='' arguments=()
for argument in "$@"; do
  case "$argument" in
    --sanitize=*) sanitize="${argument#*=}" ;;
    --debug) config=Debug ;;
    --core | --cuda | --device | --fuzz) program="${argument#--}" ;;
    --build-only) build_only=true ;;
    *) arguments+=("$argument") ;;
  esac
done

out="$PWD/build/tests-${sanitize:-$config}"
out="${out/,/-}"
suppressions="$PWD/native/test/suppressions"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# ccache has the kernels of `npm run build`. Without it they are compiled once, for the oldest
# architecture, with PTX for the others.
if ! command -v ccache >/dev/null; then
  export NODE_CUDNN_CUDA_ARCHITECTURES="${NODE_CUDNN_CUDA_ARCHITECTURES:-80}"
fi
# The vendor's libraries are not built for a sanitizer: the plugin is tried under one on demand.
if [ -n "$sanitize" ]; then
  if [ "$program" = cuda ]; then out+='-cuda'; else export NODE_CUDNN_CUDA=OFF; fi
fi
inputs=$(bash scripts/build-inputs.sh)
if [ ! -e "$out/build.ninja" ] && [ ! -e "$out/Makefile" ] ||
  [ "$inputs" != "$(cat "$out/inputs.txt" 2>/dev/null)" ]; then
  rm -rf "$out"
  generator=()
  if command -v ninja >/dev/null; then generator=(-G Ninja); fi
  cmake -S . -B "$out" "${generator[@]}" -DCMAKE_BUILD_TYPE="$config" -DSANITIZE="$sanitize" \
    >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
  echo "$inputs" >"$out/inputs.txt"
fi
targets=(--target all)
if [ "$program" = device ]; then targets=(--target device_programs); fi
cmake --build "$out" "${targets[@]}" --parallel "${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}" >"$log" 2>&1 ||
  { grep -v '^\[[0-9]*/[0-9]*\]' "$log" >&2; exit 1; }

core="$out/native/test/node_cudnn_tests"
cuda="$out/native/test/cudnn/node_cudnn_cuda_tests"
if $build_only; then
  case "$program" in
    cuda) echo "$cuda" ;;
    device) echo "$out/native/test/device" ;;
    fuzz) echo "$out/native/test/node_cudnn_fuzz" ;;
    *) echo "$core" ;;
  esac
  exit
fi
if [ "$program" = cuda ] && [ ! -e "$cuda" ]; then
  echo 'native-tests: the CUDA plugin cannot be built here:' >&2
  cat "$out/found.txt" >&2
  exit 1
fi

case "$sanitize" in
  address*)
    export ASAN_OPTIONS="detect_leaks=1:${ASAN_OPTIONS:-}"
    export LSAN_OPTIONS="suppressions=$suppressions/leak.txt:print_suppressions=0:${LSAN_OPTIONS:-}"
    ;;&
  *undefined) export UBSAN_OPTIONS="print_stacktrace=1:${UBSAN_OPTIONS:-}" ;;
  thread)
    # libgomp's barriers are invisible to the sanitizer: with one thread there are none.
    export OMP_NUM_THREADS=1
    export TSAN_OPTIONS="suppressions=$suppressions/thread.txt:halt_on_error=1:${TSAN_OPTIONS:-}"
    ;;
esac

status=0
if [ "$program" != cuda ]; then "$core" "${arguments[@]}" || status=$?; fi
if [ "$program" != core ] && [ -e "$cuda" ]; then
  # shellcheck source=scripts/cuda-environment.sh
  . scripts/cuda-environment.sh "$out"
  for i in "${!arguments[@]}"; do
    case "${arguments[i]}" in
      --gtest_output=json:*.json) arguments[i]="${arguments[i]%.json}-cuda.json" ;;
    esac
  done
  "$cuda" "${arguments[@]}" || status=$?
fi
exit $status
