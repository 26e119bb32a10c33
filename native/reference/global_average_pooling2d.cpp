// Mean over height and width.
#include <algorithm>

#include "kernel.h"

namespace node_cudnn::reference {

namespace {

void forward(const Call& call) {
  const Operand x = call.input(0), y = call.output(0);
  const std::int64_t cells = x.axis(1) * x.axis(2), channels = x.axis(3);
  std::fill_n(y.numbers(), y.count, 0.0);
  for (std::int64_t n = 0; n < x.axis(0); ++n)
    for (std::int64_t cell = 0; cell < cells; ++cell)
      for (std::int64_t c = 0; c < channels; ++c)
        y.numbers()[n * channels + c] += x.numbers()[(n * cells + cell) * channels + c];
  for (std::int64_t i = 0; i < y.count; ++i) y.numbers()[i] /= static_cast<double>(cells);
}

void backward(const Call& call) {
  const Operand dy = call.input(0), dx = call.output(0);
  const std::int64_t cells = dx.axis(1) * dx.axis(2), channels = dx.axis(3);
  for (std::int64_t i = 0; i < dx.count; ++i) {
    const std::int64_t n = i / (cells * channels);
    dx.numbers()[i] = dy.numbers()[n * channels + i % channels] / static_cast<double>(cells);
  }
}

const RegisteredKernel registeredForward{{.type = "globalAveragePooling2d", .compute = forward}};
const RegisteredKernel registeredBackward{
    {.type = "globalAveragePooling2dBackward", .compute = backward}};

}  // namespace

}  // namespace node_cudnn::reference
