#!/usr/bin/env bash
# Prints what decides how a build is configured and can change between two runs: a build folder of
# other inputs is configured anew.
set -euo pipefail
cd "$(dirname "$0")/.."
for name in CXX CUDACXX CUDAHOSTCXX NODE_CUDNN_CUDA NODE_CUDNN_CUDA_ARCHITECTURES; do
  echo "$name=${!name:-}"
done
cmake -P cmake/probe.cmake
