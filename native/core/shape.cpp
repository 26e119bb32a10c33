#include "shape.h"

#include "error.h"

namespace node_cudnn {

std::int64_t elementCount(const Shape& shape) {
  std::int64_t count = 1;
  for (const std::int64_t axis : shape) {
    if (axis < 0 || __builtin_mul_overflow(count, axis, &count) ||
        count > (std::int64_t{1} << 62)) {
      throw Error(ErrorCode::Shape, "shape " + toString(shape),
                  "an axis is negative or the number of elements is too large");
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
