// Adam (Kingma, Ba 2015) as Keras has it: w -= lr sqrt(1-b2^t)/(1-b1^t) m / (sqrt(v) + epsilon).
#include "kernels/adam.h"

#include "optimizer_step.h"

namespace node_cudnn::cudnn {

namespace {

void lowerAdam(Lowering& lowering, const Op& op) {
  Adam adam;
  adam.rules = gradientRules(op.attributes);
  adam.beta1 = op.attributes.number("beta1", adam.beta1);
  adam.beta2 = op.attributes.number("beta2", adam.beta2);
  adam.epsilon = op.attributes.number("epsilon", adam.epsilon);
  OptimizerCommand command(lowering, op, 2);
  command.emit([adam](const Execution& execution, const double* norms,
                      std::span<const OptimizedTensor> tensors) {
    launchAdam(execution.stream, execution.parameters, norms, tensors, adam);
  });
}

const RegisteredLowering registered{"adam", lowerAdam};

}  // namespace

}  // namespace node_cudnn::cudnn
