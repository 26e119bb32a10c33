// moving = momentum moving + (1 - momentum) value, for many pairs in one launch.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>
#include <span>

namespace node_cudnn::cudnn {

struct MovingAverage {
  float* moving = nullptr;
  const float* value = nullptr;
  std::int64_t count = 0;
  double momentum = 0;
};

// Nothing happens when norms[0] is not finite. One launch for each 110 pairs.
void launchMovingAverages(cudaStream_t stream, const double* norms,
                          std::span<const MovingAverage> averages);
int movingAverageLaunches(std::size_t averages);

}  // namespace node_cudnn::cudnn
