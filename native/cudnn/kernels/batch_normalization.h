// What batch normalization needs beside cuDNN's graphs: vectors of one value a channel, and
// statistics and gradients for the channel counts that cuDNN does not take. Vectors are float32;
// null where absent.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

#include "channel_sum.h"

namespace node_cudnn::cudnn {

// gamma = 1 and beta = 0, for ops without them.
void launchIdentityParameters(cudaStream_t stream, std::int64_t channels, float* gamma,
                              float* beta);

// variance = 1 / inverseDeviation^2 - epsilon, at least 0.
void launchVariance(cudaStream_t stream, std::int64_t channels, double epsilon,
                    const float* inverseDeviation, float* variance);

struct BatchParameters {
  const float* gamma = nullptr;  // null: 1
  const float* beta = nullptr;   // null: 0
  double epsilon = 0;
};

// What normalization does to a channel: y = scale x + shift.
struct ChannelMap {
  float* scale = nullptr;             // gamma inverseDeviation
  float* shift = nullptr;             // beta - mean scale
  float* inverseDeviation = nullptr;  // 1 / sqrt(variance + epsilon)
};

void launchChannelMap(cudaStream_t stream, std::int64_t channels, const BatchParameters& parameters,
                      const float* mean, const float* variance, const ChannelMap& map);

// y = scale x + shift by channel; shift may be null.
void launchMapped(cudaStream_t stream, const ChannelRows& shape, const void* x, const float* scale,
                  const float* shift, void* y);

// Two sums a channel in two stages: those of x - x[0] and of its squares.
void launchMomentSums(cudaStream_t stream, const ChannelRows& shape, const void* x,
                      double* partial);
// mean and variance (biased) from those.
void launchMoments(cudaStream_t stream, const ChannelRows& shape, const void* x,
                   const double* partial, float* mean, float* variance);

// Of dy and of dy (x - mean) inverseDeviation.
void launchGradientSums(cudaStream_t stream, const ChannelRows& shape, const void* x,
                        const void* dy, const float* mean, const float* inverseDeviation,
                        double* partial);
void launchParameterGradients(cudaStream_t stream, const ChannelRows& shape, const double* partial,
                              float* dgamma, float* dbeta);

struct BatchGradient {
  const void* x = nullptr;
  const void* dy = nullptr;
  const float* gamma = nullptr;  // null: 1
  const float* mean = nullptr;
  const float* inverseDeviation = nullptr;
  const float* dgamma = nullptr;
  const float* dbeta = nullptr;
};

// dx = gamma inverseDeviation (dy - (dbeta + normalized x dgamma) / rows)
void launchInputGradient(cudaStream_t stream, const ChannelRows& shape,
                         const BatchGradient& gradient, void* dx);

}  // namespace node_cudnn::cudnn
