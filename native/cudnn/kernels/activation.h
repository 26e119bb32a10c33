// Gradients of activations that are told from the output; cuDNN's graphs know all but ReLU's from
// the input only.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

#include "../data_type.h"

namespace node_cudnn::cudnn {

enum class ActivationFunction { LeakyRelu, Elu, Sigmoid, Tanh, Softplus };

// Arrays of one type, Float32 or BFloat16, aligned to 16 bytes; `dx` may be `dy` or `y`.
struct ActivationGradient {
  const void* dy = nullptr;
  const void* y = nullptr;  // the output
  void* dx = nullptr;
  DataType type = DataType::Float32;
  std::int64_t count = 0;
};

// dx = dy f'(x), where y = f(x). alpha: leaky ReLU's slope below 0, ELU's scale.
void launchActivationBackward(cudaStream_t stream, ActivationFunction function, float alpha,
                              const ActivationGradient& gradient);

}  // namespace node_cudnn::cudnn
