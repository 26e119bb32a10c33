// Sums of squares of all gradients, and whether everything is finite.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "../data_type.h"

namespace node_cudnn::cudnn {

struct NormedGradient {
  const void* values = nullptr;  // aligned to 16 bytes
  std::int64_t count = 0;
  DataType type = DataType::Float32;  // or BFloat16
};

struct GradientNorms {
  std::vector<NormedGradient> gradients;
  std::vector<double*> accumulators;  // pairs that must be finite
  // norms[1 + i]: sum of squares of gradient i; norms[0]: of all, NaN when anything is not finite.
  // The first accumulator's sum is then NaN too, and with it the norms of every step behind.
  double* norms = nullptr;
  double* partial = nullptr;  // scratch of kGradientNormBytes
};

inline constexpr std::size_t kGradientNormBlocks = 1024 + 160;
inline constexpr std::size_t kGradientNormBytes = kGradientNormBlocks * sizeof(double);

// Two launches for each 160 gradients and 64 accumulators.
void launchGradientNorms(cudaStream_t stream, const GradientNorms& operands);
// Number of launches.
int gradientNormLaunches(std::size_t gradients, std::size_t accumulators);

}  // namespace node_cudnn::cudnn
