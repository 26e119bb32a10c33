// Sums of squares of the gradients; NaN in norms[0] marks a step that is not finite.
#include <cmath>
#include <limits>

#include "kernel.h"

namespace node_cudnn::reference {

namespace {

void compute(const Call& call) {
  const auto accumulators = static_cast<std::size_t>(call.attributes().integer("accumulators"));
  double* norms = call.output(0).numbers();
  bool finite = true;
  double total = 0;
  for (std::size_t input = 0; input < call.inputs.size(); ++input) {
    const Operand values = call.input(input);
    double sum = 0;
    for (std::int64_t i = 0; i < values.count; ++i) {
      finite = finite && std::isfinite(values.numbers()[i]);
      sum += values.numbers()[i] * values.numbers()[i];
    }
    if (input < accumulators) continue;
    norms[1 + input - accumulators] = sum;
    total += sum;
  }
  norms[0] = finite ? total : std::numeric_limits<double>::quiet_NaN();
  // A step that is started before anybody looks is not to count either.
  if (!finite && accumulators > 0) call.input(0).numbers()[0] = norms[0];
}

const RegisteredKernel registered{
    {.type = "gradientNorm", .work = Work::Check, .compute = compute}};

}  // namespace

}  // namespace node_cudnn::reference
