// Local response normalization of row-major rows.
#pragma once

#include <cstdint>

namespace node_cudnn::onednn {

// y = x d^-beta with d = bias + alpha * (sum of x^2 over the channels [c - radius, c + radius]).
struct NormalizedRows {
  std::int64_t rows;
  std::int64_t channels;
  std::int64_t radius;
  float alpha;
  float beta;
  float bias;

  // Leaves d in `scales`, which may be y.
  void forward(const float* x, float* scales, float* y) const;
  // Overwrites `scales`, which forward() left. dx may be dy.
  void backward(const float* x, const float* dy, float* scales, float* dx) const;
};

}  // namespace node_cudnn::onednn
