// Softmax over rows, and its gradient from the output. Sums and outputs are float32.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

#include "../data_type.h"

namespace node_cudnn::cudnn {

struct SoftmaxRows {
  std::int64_t rows = 0;
  std::int64_t classes = 0;
};

// y = exp(x - max x) / sum exp(x - max x). x: Float32 or BFloat16; y: Float32.
void launchSoftmax(cudaStream_t stream, const SoftmaxRows& shape, DataType type, const void* x,
                   float* y);

// dx = y (dy - sum y dy). dy and dx: Float32 or BFloat16.
void launchSoftmaxBackward(cudaStream_t stream, const SoftmaxRows& shape, DataType dyType,
                           const void* dy, const float* y, DataType dxType, void* dx);

}  // namespace node_cudnn::cudnn
