// Softmax over the last axis.
#include <algorithm>
#include <cmath>

#include "kernel.h"

namespace node_cudnn::reference {

namespace {

void forward(const Call& call) {
  const Operand x = call.input(0), y = call.output(0);
  const std::int64_t classes = x.lastAxis();
  for (std::int64_t row = 0; row < x.count; row += classes) {
    const double* in = x.numbers() + row;
    double* out = y.numbers() + row;
    const double largest = *std::max_element(in, in + classes);
    double sum = 0;
    for (std::int64_t c = 0; c < classes; ++c) sum += out[c] = std::exp(in[c] - largest);
    for (std::int64_t c = 0; c < classes; ++c) out[c] /= sum;
  }
}

void backward(const Call& call) {
  const Operand dy = call.input(0), y = call.input(1), dx = call.output(0);
  const std::int64_t classes = y.lastAxis();
  for (std::int64_t row = 0; row < y.count; row += classes) {
    double sum = 0;
    for (std::int64_t i = row; i < row + classes; ++i) sum += dy.numbers()[i] * y.numbers()[i];
    for (std::int64_t i = row; i < row + classes; ++i) {
      dx.numbers()[i] = y.numbers()[i] * (dy.numbers()[i] - sum);
    }
  }
}

const RegisteredKernel registeredForward{{.type = "softmax", .compute = forward, .shares = {0}}};
const RegisteredKernel registeredBackward{
    {.type = "softmaxBackward", .compute = backward, .shares = {0, 1}}};

}  // namespace

}  // namespace node_cudnn::reference
