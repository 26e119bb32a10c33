#include "shape.h"

#include "error.h"

namespace node_cudnn {

std::int64_t elementCount(const Shape& shape) {
  std::int64_t count = 1;
  for (const std::int64_t axis : shape) {
    if (axis < 0 || axis > kLongestAxis) {
      throw Error(ErrorCode::Shape, "shape " + toString(shape),
                  "expected axes from 0 to " + std::to_string(kLongestAxis));
    }
    // Both factors are bounded, so that their product fits.
    count *= axis;
    if (count > kMostElements) {
      throw Error(ErrorCode::OutOfMemory, "shape " + toString(shape),
                  "has more than " + std::to_string(kMostElements) +
                      " elements; use a smaller batch or smaller layers");
    }
  }
  return count;
}

std::string toString(const Shape& shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (i > 0) text += ',';
    text += std::to_string(shape[i]);
  }
  return text + "]";
}

}  // namespace node_cudnn
