// What conv2d and dense share: a kernel, an optional bias and a fused activation.
#pragma once

#include <string>

#include "../differentiator.h"

namespace node_cudnn {

// The gradient of the op's output before its fused activation.
TensorId gradientBeforeActivation(Differentiator& differentiator, const Op& op);

// Throws Error(Option) unless an activation of this name can be fused with the op.
void requireFusable(const Op& op, const std::string& activation);

// Adds <type>BackwardWeights and <type>BackwardInput where their gradients are needed.
void contributeAffineGradients(Differentiator& differentiator, const Op& op, TensorId gradient,
                               const Attributes& weightAttributes,
                               const Attributes& inputAttributes);

}  // namespace node_cudnn
