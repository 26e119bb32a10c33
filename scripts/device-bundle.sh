#!/usr/bin/env bash
# Packs what `npm run verify:gpu` needs into build/device-bundle.tar.xz, for a machine with a driver,
# a CUDA runtime and cuDNN, and with neither Node.js nor a network: Node.js itself, the addon and
# oneDNN, the plugin for one architecture (NODE_CUDNN_CUDA_ARCHITECTURES, default 90), the native
# programs. There: tar -xf device-bundle.tar.xz && node-cudnn-device/verify-gpu [--only steps]
set -euo pipefail
cd "$(dirname "$0")/.."

export NODE_CUDNN_CUDA=ON NODE_CUDNN_CUDA_ARCHITECTURES="${NODE_CUDNN_CUDA_ARCHITECTURES:-90}"
bash scripts/build.sh
bash scripts/native-tests.sh --device --build-only >/dev/null

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bundle="$work/node-cudnn-device"
programs=build/tests-Release/native/test/device
mkdir -p "$bundle"/{bin,lib,build/Release,test,node_modules} "$bundle/$programs"

cp -L "$(command -v node)" "$bundle/bin/node"
cp -r package.json dist "$bundle"
cp -r test/devices "$bundle/test"
for name in node_cudnn.node node_cudnn_cuda.so; do
  strip -o "$bundle/build/Release/$name" "build/Release/$name"
done
for name in node_cudnn_device_tests node_cudnn_device_fuzz; do
  strip -o "$bundle/$programs/$name" "$programs/$name"
done
# What the addon needs besides the system's C and C++ libraries.
ldd build/Release/node_cudnn.node | awk '/^\t(libdnnl|libgomp|libOpenCL)/ { print $1, $3 }' |
  while read -r name path; do cp -L "$path" "$bundle/lib/$name"; done
# The packages that the product depends on, and those that they depend on.
npm ls --omit=dev --all --parseable | grep /node_modules/ | while read -r folder; do
  cp -r "$folder" "$bundle/node_modules/"
done
cat >"$bundle/verify-gpu" <<'RUN'
#!/usr/bin/env bash
here="$(cd "$(dirname "$0")" && pwd)"
export LD_LIBRARY_PATH="$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
exec "$here/bin/node" "$here/dist/verify/index.js" "$@"
RUN
chmod +x "$bundle/verify-gpu"

tar -C "$work" -c node-cudnn-device | xz -T0 -3 >build/device-bundle.tar.xz
echo "build/device-bundle.tar.xz: $(($(stat -c %s build/device-bundle.tar.xz) >> 20)) MiB," \
  "for sm $NODE_CUDNN_CUDA_ARCHITECTURES"
