// The axes after the batch in another order.
#include "kernel.h"

namespace node_cudnn::reference {

namespace {

void permute(const Call& call) {
  const Operand x = call.input(0), y = call.output(0);
  const std::vector<std::int64_t> dims = call.attributes().integers("dims");
  std::vector<std::int64_t> strides(x.shape.size(), 1);
  for (std::size_t i = x.shape.size() - 1; i > 0; --i) strides[i - 1] = strides[i] * x.shape[i];
  for (std::int64_t i = 0; i < y.count; ++i) {
    std::int64_t rest = i, from = 0;
    for (std::size_t axis = dims.size(); axis > 0; --axis) {
      from += rest % y.shape[axis] * strides[static_cast<std::size_t>(dims[axis - 1])];
      rest /= y.shape[axis];
    }
    y.numbers()[i] = x.numbers()[from + rest * strides[0]];
  }
}

const RegisteredKernel registered{{.type = "permute", .compute = permute}};

}  // namespace

}  // namespace node_cudnn::reference
