#include "losses.h"

namespace node_cudnn::onednn {

LossShape::LossShape(const Lowering& lowering, const Op& op) {
  const Shape& shape = lowering.shape(op.inputs[0]);
  samples = shape.front();
  classes = shape.back();
  positions = elementCount(shape) / (samples * classes);
  labels = lowering.graph().tensor(op.inputs[1]).type == ElementType::Integer;
}

std::int64_t argmax(const float* values, std::int64_t count) {
  return std::max_element(values, values + count) - values;
}

std::int64_t rowsPerChunk(std::int64_t classes) {
  return std::max<std::int64_t>(1, 4096 / classes);
}

double countOf(const LossShape& shape, const float* weights) {
  if (weights == nullptr) return static_cast<double>(shape.samples);
  const std::int64_t rows = shape.samples * shape.positions;
  return std::accumulate(weights, weights + rows, 0.0) / static_cast<double>(shape.positions);
}

void accumulate(double* accumulator, const double* rowValues, std::int64_t rows, double count) {
  accumulator[0] += std::accumulate(rowValues, rowValues + rows, 0.0);
  accumulator[1] += count;
}

}  // namespace node_cudnn::onednn
