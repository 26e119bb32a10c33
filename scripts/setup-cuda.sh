#!/usr/bin/env bash
# Fetches cuDNN, with the NVRTC and cuBLAS that it loads, where nvcc is on this machine and cuDNN is
# not. Does nothing without nvcc, or with NODE_CUDNN_CUDA=OFF. A failure is one only with
# NODE_CUDNN_CUDA=ON.
set -euo pipefail
cd "$(dirname "$0")/.."

# Outside of the clone: 1.7 GB that every clone shares, and that `npm run clean` keeps.
cache="${XDG_CACHE_HOME:-$HOME/.cache}/node-cudnn"
wanted="${NODE_CUDNN_CUDA:-AUTO}"

# Names and versions of the Python packages that hold the libraries for this CUDA.
packages_for() {
  case "$1" in
    13) echo nvidia-cudnn-cu13==9.24.0.43 nvidia-cuda-nvrtc==13.0.88 nvidia-cublas==13.1.1.3 ;;
    12) echo 'nvidia-cudnn-cu12>=9.19,<10' 'nvidia-cuda-nvrtc-cu12>=12.8,<13' \
      'nvidia-cublas-cu12>=12.8,<13' ;;
  esac
}

# Without the libraries the rest of the package works: only who asked for CUDA is stopped.
give_up() {
  printf 'setup: %s\n' "$@" >&2
  if [ "$wanted" = ON ]; then exit 1; fi
  echo 'setup: going on without the CUDA plugin' >&2
  exit 0
}

# Sets nvcc, major (of CUDA), cudnn and problem to what the build would find.
probe() {
  local found
  found=$(cmake -P cmake/probe.cmake)
  nvcc=$(sed -n 's/^nvcc=//p' <<<"$found")
  major=$(sed -n 's/^cuda=//p' <<<"$found")
  cudnn=$(sed -n 's/^cudnn=//p' <<<"$found")
  problem="${found##*problem=}"
}

if [ "$wanted" = OFF ]; then exit 0; fi
probe
if [ -z "$nvcc" ]; then
  if [ "$wanted" = ON ]; then give_up "NODE_CUDNN_CUDA=ON: $problem"; fi
  echo 'setup: no nvcc here, so no CUDA plugin'
  exit 0
fi
if [ -n "$cudnn" ]; then exit 0; fi

read -ra packages <<<"$(packages_for "$major")"
[ "${#packages[@]}" -gt 0 ] || give_up "$problem"
remedy="Install cuDNN 9.19 or newer for CUDA $major, or name its folder in NODE_CUDNN_CUDNN_PATH."
if [ -n "${NODE_CUDNN_CUDNN_PATH:-}" ]; then give_up "$problem"; fi
python3 -m pip --version >/dev/null 2>&1 ||
  give_up "cuDNN was not found, and there is no pip to fetch it with: python3 -m pip" "$remedy"

echo "setup: fetching ${packages[*]} into $cache"
mkdir -p "$cache" 2>/dev/null || give_up "$cache cannot be written." "$remedy"
work=$(mktemp -d "$cache/fetching-XXXXXX") || give_up "$cache cannot be written." "$remedy"
trap 'rm -rf "$work"' EXIT
python3 -m pip download --quiet --no-deps --only-binary=:all: --retries 1 --timeout 30 \
  --dest "$work/wheels" "${packages[@]}" >"$work/log" 2>&1 || {
  tail -n 3 "$work/log" >&2
  give_up "pip could not fetch ${packages[*]}. Is a Python package index reachable?" "$remedy"
}
for wheel in "$work"/wheels/*.whl; do
  # It checks every file's CRC.
  python3 -m zipfile -e "$wheel" "$work/content" >"$work/log" 2>&1 || {
    tail -n 3 "$work/log" >&2
    give_up "$(basename "$wheel") could not be unpacked into $cache." "$remedy"
  }
done

version=$(basename "$work"/content/nvidia_cudnn_cu*.dist-info .dist-info)
target="$cache/cuda$major-${version#nvidia_}"
# In one step: another set-up may be at the same, and then its result is as good.
[ -e "$target" ] || mv -T "$work/content" "$target" 2>/dev/null || [ -e "$target" ]
probe
[ -n "$cudnn" ] || give_up "fetched, and still not found: $problem"
echo "setup: $cudnn"
