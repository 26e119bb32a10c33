// What losses and metrics share: rows of predictions against targets, summed with weights into an
// accumulator. Each takes two launches: sums of rows, one for each block, then the sum of those.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>

#include "../data_type.h"

namespace node_cudnn::cudnn {

struct RowShape {
  std::int64_t samples = 0;
  std::int64_t positions = 1;  // product of the axes between the first and the last
  std::int64_t classes = 0;
  bool labels = false;  // targets are one Int32 for each row, else one Float32 for each class
};

struct RowOperands {
  const void* predictions = nullptr;
  DataType type = DataType::Float32;  // of predictions and their gradient; or BFloat16
  const void* targets = nullptr;
  const float* weights = nullptr;  // one for each row; null: all 1
  double* accumulator = nullptr;   // {sum, count}, added to
  double* partial = nullptr;       // scratch of partialBytes()
};

std::size_t partialBytes(const RowShape& shape);

// A loss adds {sum over rows of w l / positions, samples} and writes the derivative of scale times
// the sum over samples.
struct LossOperands {
  RowOperands rows;
  void* gradient = nullptr;   // null: not wanted
  double scale = 1;           // of the gradient
  bool countWeights = false;  // adds the sum of w / positions instead of samples
};
using LossLaunch = void (*)(cudaStream_t, const RowShape&, const LossOperands&);

}  // namespace node_cudnn::cudnn
