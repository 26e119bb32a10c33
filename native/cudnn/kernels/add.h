// Sums of two tensors, for the shapes that cuDNN does not add.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

#include "../data_type.h"

namespace node_cudnn::cudnn {

// Arrays of one type, Float32 or BFloat16, aligned to 16 bytes; `sum` may be `a` or `b`.
struct Addition {
  const void* a = nullptr;
  const void* b = nullptr;
  void* sum = nullptr;
  DataType type = DataType::Float32;
  std::int64_t count = 0;
  bool relu = false;  // of the sum
};

void launchAdd(cudaStream_t stream, const Addition& addition);

}  // namespace node_cudnn::cudnn
