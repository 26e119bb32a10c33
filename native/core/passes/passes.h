// The passes that turn a model's graph into the one that a backend lowers. Each leaves a valid
// graph behind and may be left out without changing results beyond rounding.
#pragma once

#include "../graph.h"

namespace node_cudnn {

// Whether an op's sum may be changed further in the op itself: conv2d or dense without activation.
bool isLinearProduct(const Op& op);

// Joins a ReLU into the conv2d or dense op before it, when nothing else reads the sum.
void fuseActivations(Graph& graph);

// Joins a batch normalization of inference into the conv2d or dense op before it, when nothing else
// reads the sum: the kernel and the bias are scaled instead, once for given weights.
void foldBatchNormalizations(Graph& graph);

// max-pool backward then ReLU backward = ReLU backward on the pooled gradient, then max-pool
// backward: the same values, on a tensor that is smaller by the stride squared. (The gradient only
// reaches a window's maximum, and a maximum is positive exactly when the pooled value is.)
void moveReluBackwardBeforePooling(Graph& graph);

}  // namespace node_cudnn
