// How a gradient is clipped and decayed, for both optimizers.
#pragma once

#include <cstdint>

#include "../data_type.h"

namespace node_cudnn::cudnn {

// 0: off.
struct GradientRules {
  double weightDecay = 0;
  bool decoupled = true;
  double clipNorm = 0;
  double globalClipNorm = 0;
  double clipValue = 0;
};

// One weight with its gradient and optimizer state, all in one order; aligned to 16 bytes.
struct OptimizedTensor {
  float* weight = nullptr;
  const void* gradient = nullptr;  // Float32 or BFloat16
  float* states[2] = {nullptr, nullptr};
  std::int64_t count = 0;
  DataType gradientType = DataType::Float32;
};

}  // namespace node_cudnn::cudnn
