// moving = momentum moving + (1 - momentum) value, kept as it is after a step that is not finite.
#include <cmath>

#include "kernel.h"

namespace node_cudnn::reference {

namespace {

void update(const Call& call) {
  const Operand moving = call.input(0), value = call.input(1), norms = call.input(2);
  if (!std::isfinite(norms.numbers()[0])) return;
  const double momentum = call.attributes().number("momentum");
  for (std::int64_t i = 0; i < moving.count; ++i) {
    moving.numbers()[i] = momentum * moving.numbers()[i] + (1 - momentum) * value.numbers()[i];
  }
}

const RegisteredKernel registered{
    {.type = "movingAverage",
     .work = Work::Optimizer,
     .compute = update,
     .updates = +[](const Op&) { return std::vector<std::size_t>{0}; }}};

}  // namespace

}  // namespace node_cudnn::reference
