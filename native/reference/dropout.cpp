// Dropout by counter-based random numbers: the mask depends on the element's place in the global
// batch, the step and the seed alone, so the backward pass draws it again.
#include "core/philox.h"
#include "kernel.h"

namespace node_cudnn::reference {

namespace {

// Serves the forward and the backward pass: x and y, or dy and dx.
void mask(const Call& call) {
  const Operand x = call.input(0), y = call.output(0);
  const double rate = call.attributes().number("rate");
  const auto stream = static_cast<std::uint32_t>(call.attributes().integer("stream"));
  const auto rowElements = static_cast<std::uint64_t>(x.count / x.axis(0));
  const std::uint64_t first = call.state.firstRow * rowElements;
  for (std::int64_t i = 0; i < x.count; ++i) {
    const std::uint64_t element = first + static_cast<std::uint64_t>(i);
    const auto numbers = philox(call.state.seed, stream, call.state.step, element / 4);
    const bool keep = uniform(numbers[element % 4]) >= rate;
    y.numbers()[i] = keep ? x.numbers()[i] / (1 - rate) : 0;
  }
}

const RegisteredKernel registeredForward{{.type = "dropout", .compute = mask, .shares = {0}}};
const RegisteredKernel registeredBackward{
    {.type = "dropoutBackward", .compute = mask, .shares = {0}}};

}  // namespace

}  // namespace node_cudnn::reference
