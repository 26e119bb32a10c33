// y = scale x + offset.
#include "kernel.h"

namespace node_cudnn::reference {

namespace {

void forward(const Call& call) {
  const Operand x = call.input(0), y = call.output(0);
  const double scale = call.attributes().number("scale");
  const double offset = call.attributes().number("offset", 0);
  for (std::int64_t i = 0; i < x.count; ++i) y.numbers()[i] = scale * x.numbers()[i] + offset;
}

void backward(const Call& call) {
  const Operand dy = call.input(0), dx = call.output(0);
  const double scale = call.attributes().number("scale");
  for (std::int64_t i = 0; i < dy.count; ++i) dx.numbers()[i] = scale * dy.numbers()[i];
}

const RegisteredKernel registeredForward{{.type = "rescaling", .compute = forward, .shares = {0}}};
const RegisteredKernel registeredBackward{
    {.type = "rescalingBackward", .compute = backward, .shares = {0}}};

}  // namespace

}  // namespace node_cudnn::reference
