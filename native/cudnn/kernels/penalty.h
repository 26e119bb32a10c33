// L1 and L2 penalties of many weights: their sum, and their slopes onto the gradients.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "../data_type.h"

namespace node_cudnn::cudnn {

// All arrays of one order, aligned to 16 bytes.
struct PenalizedWeight {
  const float* weight = nullptr;
  const void* gradient = nullptr;             // null: none before
  DataType gradientType = DataType::Float32;  // or BFloat16
  float* result = nullptr;                    // gradient + slope; null: not wanted; may be gradient
  std::int64_t count = 0;
  double l1 = 0;
  double l2 = 0;
};

std::size_t penaltyScratchBytes(std::size_t weights);
// One launch for each 64 weights, and one more.
int penaltyLaunches(std::size_t weights);

// Adds samples times the sum of l1 |w| + l2 w^2 to accumulator[0]. partial: penaltyScratchBytes()
// of scratch.
void launchPenalties(cudaStream_t stream, std::span<const PenalizedWeight> weights, double samples,
                     double* accumulator, double* partial);

}  // namespace node_cudnn::cudnn
