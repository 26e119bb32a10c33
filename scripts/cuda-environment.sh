# Sourced with a build folder in $1: lets the loader find the CUDA libraries that the plugin was
# built with and, on a machine without a driver, the stub driver, with which cuDNN can build plans.
cuda_build="$1"
if [ -e "$cuda_build/cuda-folders.txt" ]; then
  cuda_folders=$(paste -sd: "$cuda_build/cuda-folders.txt")
  if ! { ldconfig -p 2>/dev/null || /sbin/ldconfig -p; } | grep -q 'libcuda\.so\.1 ' &&
    [ ! -e /usr/lib/wsl/lib/libcuda.so.1 ]; then
    cuda_folders="$cuda_build/stub_driver:$cuda_folders"
  fi
  export LD_LIBRARY_PATH="$cuda_folders${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
fi
