// Penalties and optimizers walk a weight and its gradient side by side, so both lie in one order.
#pragma once

#include "lowering.h"

namespace node_cudnn::cudnn {

// The type of the gradient. Throws Error(Internal) when it is no float or in another order than the
// weight.
DataType gradientType(Lowering& lowering, const Op& op, TensorId gradient, TensorId weight);

}  // namespace node_cudnn::cudnn
