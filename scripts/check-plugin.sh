#!/usr/bin/env bash
# Checks what the linker made of the CUDA plugin: it exports one function, carries no folder of the
# machine that built it, and the addon itself needs no CUDA.
set -euo pipefail
cd "$(dirname "$0")/.."

folder="build/${NODE_CUDNN_BUILD:-Release}"
status=0
wrong() {
  echo "check-plugin: $1" >&2
  status=1
}

exports=$(nm -D --defined-only "$folder/node_cudnn_cuda.so" | awk '{ print $3 }')
[ "$exports" = node_cudnn_plugin ] ||
  wrong "node_cudnn_cuda.so exports more, or less, than node_cudnn_plugin: ${exports:-nothing}"
dynamic=$(readelf -d "$folder/node_cudnn_cuda.so")
! grep -E 'RPATH|RUNPATH' <<<"$dynamic" || wrong 'node_cudnn_cuda.so carries a search path'
for library in libcudart.so libcudnn.so.9; do
  grep -q "NEEDED.*\[$library" <<<"$dynamic" || wrong "node_cudnn_cuda.so does not need $library"
done
! readelf -d "$folder/node_cudnn.node" | grep -E 'NEEDED.*\[(libcu|libnv)' ||
  wrong 'node_cudnn.node needs CUDA'
if [ $status -eq 0 ]; then
  echo "node_cudnn_cuda.so: $(stat -Lc %s "$folder/node_cudnn_cuda.so") bytes," \
    "needs $(grep -oE 'NEEDED.*\[(libcu[^]]*)' <<<"$dynamic" | sed 's/.*\[//' | paste -sd' ')"
fi
exit $status
