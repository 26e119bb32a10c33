// Stochastic gradient descent with momentum: v = m v - lr g; w += v, or Nesterov's w += m v - lr g.
#include "kernels/sgd.h"

#include "optimizer_step.h"

namespace node_cudnn::cudnn {

namespace {

void lowerSgd(Lowering& lowering, const Op& op) {
  Sgd sgd;
  sgd.rules = gradientRules(op.attributes);
  const double momentum = op.attributes.number("momentum", 0);
  sgd.momentum = static_cast<float>(momentum);
  sgd.nesterov = op.attributes.boolean("nesterov", false);
  OptimizerCommand command(lowering, op, momentum > 0 ? 1 : 0);
  command.emit([sgd](const Execution& execution, const double* norms,
                     std::span<const OptimizedTensor> tensors) {
    launchSgd(execution.stream, execution.parameters, norms, tensors, sgd);
  });
}

const RegisteredLowering registered{"sgd", lowerSgd};

}  // namespace

}  // namespace node_cudnn::cudnn
