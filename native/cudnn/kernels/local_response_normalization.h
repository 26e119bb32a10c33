// Local response normalization across channels where cuDNN has none: in bfloat16, and for windows
// and exponents out of its range. y = x s^-beta, s = bias + alpha sum x^2 over the channels within
// `radius`.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

#include "../data_type.h"

namespace node_cudnn::cudnn {

struct NormalizedRows {
  std::int64_t rows = 0;
  std::int64_t channels = 0;
  int radius = 0;  // at most kMostRadius
  float alpha = 0;
  float beta = 0;
  float bias = 0;
  DataType type = DataType::Float32;  // of x, y, dy and dx: Float32 or BFloat16
};

inline constexpr int kMostRadius = 64;

void launchNormalizedRows(cudaStream_t stream, const NormalizedRows& shape, const void* x, void* y);

// dx = dy s^-beta - 2 alpha beta x sum over the window of dy x s^(-beta - 1)
void launchNormalizedRowsBackward(cudaStream_t stream, const NormalizedRows& shape, const void* x,
                                  const void* dy, void* dx);

}  // namespace node_cudnn::cudnn
