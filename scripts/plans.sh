#!/usr/bin/env bash
# Builds every operation graph of the networks with the real cuDNN, for devices that need not be
# there. Arguments go to the program; its stdout is that of this script.
set -euo pipefail
cd "$(dirname "$0")/.."

config="${NODE_CUDNN_BUILD:-Release}"
if [ ! -e "build/$config/node_cudnn_cuda.so" ]; then
  echo "plans: the CUDA plugin was not built. What was found:" >&2
  cat "build/$config/found.txt" >&2
  exit 1
fi
# shellcheck source=scripts/cuda-environment.sh
. scripts/cuda-environment.sh "$PWD/build/$config"
exec node dist/plans/index.js "$@"
