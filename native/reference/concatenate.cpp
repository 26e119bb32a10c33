// Joins tensors along an axis; slice takes one back out.
#include <algorithm>

#include "kernel.h"

namespace node_cudnn::reference {

namespace {

// Elements behind one index of the axis.
std::int64_t elementsBehind(const Shape& shape, std::size_t axis) {
  std::int64_t count = 1;
  for (std::size_t i = axis + 1; i < shape.size(); ++i) count *= shape[i];
  return count;
}

void concatenate(const Call& call) {
  const auto axis = static_cast<std::size_t>(call.attributes().integer("axis"));
  const Operand y = call.output(0);
  const std::int64_t behind = elementsBehind(y.shape, axis);
  const std::int64_t row = y.axis(axis) * behind;
  std::int64_t begin = 0;
  for (const Operand& x : call.inputs) {
    const std::int64_t length = x.axis(axis) * behind;
    for (std::int64_t outer = 0; outer < x.count / length; ++outer) {
      std::copy_n(x.numbers() + outer * length, length, y.numbers() + outer * row + begin);
    }
    begin += length;
  }
}

void slice(const Call& call) {
  const auto axis = static_cast<std::size_t>(call.attributes().integer("axis"));
  const Operand x = call.input(0), y = call.output(0);
  const std::int64_t behind = elementsBehind(x.shape, axis);
  const std::int64_t row = x.axis(axis) * behind;
  const std::int64_t begin = call.attributes().integer("begin") * behind;
  const std::int64_t length = call.attributes().integer("size") * behind;
  for (std::int64_t outer = 0; outer < x.count / row; ++outer) {
    std::copy_n(x.numbers() + outer * row + begin, length, y.numbers() + outer * length);
  }
}

const RegisteredKernel registeredConcatenate{{.type = "concatenate", .compute = concatenate}};
const RegisteredKernel registeredSlice{{.type = "slice", .compute = slice}};

}  // namespace

}  // namespace node_cudnn::reference
