// Adam over all weights.
#pragma once

#include <cuda_runtime_api.h>

#include <span>

#include "../step_parameters.h"
#include "gradient_rule.h"

namespace node_cudnn::cudnn {

struct Adam {
  GradientRules rules;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-7;
};

// As launchSgd; states are the means of the gradients and of their squares. The update's number is
// the parameters' step + 1.
void launchAdam(cudaStream_t stream, const StepParameters* parameters, const double* norms,
                std::span<const OptimizedTensor> tensors, const Adam& adam);

}  // namespace node_cudnn::cudnn
