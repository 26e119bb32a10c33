// Activations, and their gradients told from the output: cuDNN's graphs know those of all but ReLU
// from the input only.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

#include "../data_type.h"

namespace node_cudnn::cudnn {

enum class ActivationFunction { Relu, LeakyRelu, Elu, Sigmoid, Tanh, Softplus };

// Arrays of one type, Float32 or BFloat16, aligned to 16 bytes; `y` may be `x`.
struct ActivationValues {
  const void* x = nullptr;
  void* y = nullptr;
  DataType type = DataType::Float32;
  std::int64_t count = 0;
};

// Likewise; `dx` may be `dy` or `y`.
struct ActivationGradient {
  const void* dy = nullptr;
  const void* y = nullptr;  // the output
  void* dx = nullptr;
  DataType type = DataType::Float32;
  std::int64_t count = 0;
};

// alpha: leaky ReLU's slope below 0, ELU's scale.
void launchActivation(cudaStream_t stream, ActivationFunction function, float alpha,
                      const ActivationValues& values);

// dx = dy f'(x), where y = f(x).
void launchActivationBackward(cudaStream_t stream, ActivationFunction function, float alpha,
                              const ActivationGradient& gradient);

}  // namespace node_cudnn::cudnn
