// Attributes and shapes that max and average pooling share.
#pragma once

#include "conv2d.h"

namespace node_cudnn {

struct Pooling2dParameters {
  std::array<std::int64_t, 2> poolSize;
  std::array<std::int64_t, 2> strides;
  Padding2d padding;

  // Throws Error(Option) for sizes below 1, negative padding, or padding as large as the window.
  static Pooling2dParameters from(const Op& op);
};

// [N,OH,OW,C]. Throws Error(Shape) when the window does not fit.
Shape pooledShape(const Graph& graph, const Op& op, TensorId input);

}  // namespace node_cudnn
