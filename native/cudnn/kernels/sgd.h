// Stochastic gradient descent over all weights.
#pragma once

#include <cuda_runtime_api.h>

#include <span>

#include "../step_parameters.h"
#include "gradient_rule.h"

namespace node_cudnn::cudnn {

struct Sgd {
  GradientRules rules;
  float momentum = 0;  // 0: the tensors have no state, else states[0] is the velocity
  bool nesterov = false;
};

// norms: as gradientNorm leaves them; nothing happens when norms[0] is not finite. Learning rate:
// of the parameters. One launch for each 80 tensors.
void launchSgd(cudaStream_t stream, const StepParameters* parameters, const double* norms,
               std::span<const OptimizedTensor> tensors, const Sgd& sgd);

}  // namespace node_cudnn::cudnn
