// L1 and L2 penalties: l1 |w| + l2 w^2, summed over a weight.
#include <cmath>
#include <vector>

#include "kernel.h"

namespace node_cudnn::reference {

namespace {

void compute(const Call& call) {
  const Operand weight = call.input(0), accumulator = call.input(1), before = call.input(2);
  const Operand after = call.output(0);
  const double l1 = call.attributes().number("l1", 0);
  const double l2 = call.attributes().number("l2", 0);
  const double samples = call.attributes().number("samples", 1);
  for (std::int64_t i = 0; i < weight.count; ++i) {
    const double w = weight.numbers()[i];
    accumulator.numbers()[0] += samples * (l1 * std::fabs(w) + l2 * w * w);
    if (!after.present()) continue;
    const double sign = w > 0 ? 1 : w < 0 ? -1 : 0;
    after.numbers()[i] = (before.present() ? before.numbers()[i] : 0) + l1 * sign + 2 * l2 * w;
  }
}

const RegisteredKernel registered{
    {.type = "penalty",
     .work = Work::Loss,
     .compute = compute,
     .updates = +[](const Op&) { return std::vector<std::size_t>{1}; },
     .shares = {2}}};

}  // namespace

}  // namespace node_cudnn::reference
