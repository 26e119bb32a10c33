// The descriptors that tell an operation's parameters: geometry, function, and float32 as the type
// in which it computes.
#pragma once

#include "descriptor.h"
#include "operation_graph.h"

namespace node_cudnn::cudnn {

// Each throws Refused.
Descriptor makeConvolution(const ConvolutionGeometry& geometry);
// NaN in a window is its maximum. The maximum is not of padding, and an average neither counts it.
Descriptor makePooling(const PoolingGeometry& geometry);
Descriptor makePointwise(Pointwise function);
Descriptor makeMatmul();

}  // namespace node_cudnn::cudnn
