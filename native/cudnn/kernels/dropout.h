// Dropout's mask, drawn again by the backward pass; with it, ReLU's backward.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

#include "../data_type.h"
#include "../step_parameters.h"

namespace node_cudnn::cudnn {

struct Dropout {
  std::uint32_t stream = 0;       // of random numbers
  std::uint32_t threshold = 0;    // the least 24-bit number that keeps an element
  float scale = 1;                // of those that are kept
  std::uint64_t rowElements = 1;  // firstRow rows come before the first element
};

// Arrays of one type, Float32 or BFloat16; `to` may be `from`. reluOutput: null, or where it is not
// above 0 the result is 0.
struct DropoutOperands {
  const void* from = nullptr;
  const void* reluOutput = nullptr;
  void* to = nullptr;
  DataType type = DataType::Float32;
  std::int64_t count = 0;
};

// Seed, step and first row are the parameters'.
void launchDropout(cudaStream_t stream, const StepParameters* parameters, const Dropout& dropout,
                   const DropoutOperands& operands);

}  // namespace node_cudnn::cudnn
