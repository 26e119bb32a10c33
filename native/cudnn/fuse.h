// Joins ops of a graph that one cuDNN graph, or one launch, can do in one pass over memory. The
// joined op keeps the type of its first, with an attribute and an input more:
//   conv2dBackwardInput, denseBackwardInput or maxPooling2dBackward, then ReLU's backward:
//     attribute "reluBackward" true, third input: the ReLU's output;
//   dropoutBackward, then ReLU's backward: the same, second input;
//   add, then ReLU: attribute "activation" "relu";
//   penalty ops in a row: one op "penalties", attributes "l1" and "l2" lists, inputs accumulator,
//     then {weight, gradient or -1} for each; outputs one gradient for each;
//   movingAverage ops in a row: one op "movingAverages", attribute "momentum" a list, inputs norms,
//     then {moving, value} for each;
//   rescaling of an input that nothing else reads stays an op, and its lowering joins it with the
//     feed.
// A lowering whose fused graph is refused splits it again.
#pragma once

#include "core/graph.h"

namespace node_cudnn::cudnn {

Graph fuse(Graph graph);

}  // namespace node_cudnn::cudnn
