// How a tensor is shown to cuDNN's pointwise operations.
#pragma once

#include "core/shape.h"

namespace node_cudnn::cudnn {

// cuDNN refuses them on tensors of one channel: there the values become channels, and a vector of
// one value a channel stays broadcast. A single value is refused under any shape.
inline Shape pointwiseShape(const Shape& shape) {
  return shape.back() == 1 ? Shape{1, elementCount(shape)} : shape;
}

}  // namespace node_cudnn::cudnn
