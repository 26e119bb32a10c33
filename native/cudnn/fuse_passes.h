// The passes of fuse(). Each leaves a valid graph behind.
#pragma once

#include "core/graph.h"

namespace node_cudnn::cudnn {

// Also where a flattening lies between: reshapeBackward then ReLU's backward = the same mask on
// the flat gradient, then reshapeBackward.
void fuseReluBackward(Graph& graph);
void fuseAddRelu(Graph& graph);
void joinPenalties(Graph& graph);
void joinMovingAverages(Graph& graph);

}  // namespace node_cudnn::cudnn
