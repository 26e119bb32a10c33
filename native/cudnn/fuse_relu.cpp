#include "fuse_passes.h"
#include "graph_uses.h"

namespace node_cudnn::cudnn {

namespace {

bool takesReluBackward(const Op& op) {
  const bool type = op.type() == "conv2dBackwardInput" || op.type() == "denseBackwardInput" ||
                    op.type() == "dropoutBackward" || op.type() == "maxPooling2dBackward";
  return type && !op.attributes.boolean("reluBackward", false);
}

// The op that makes the tensor, when nothing but one op reads that and the op can apply ReLU's
// backward to it.
Op* joinable(Graph& graph, TensorId gradient) {
  Op* producer = producerOf(graph, gradient);
  const bool joins =
      producer != nullptr && takesReluBackward(*producer) && readers(graph, gradient) == 1;
  return joins ? producer : nullptr;
}

void joinReluBackward(Op& producer, TensorId reluOutput) {
  producer.attributes.set("reluBackward", true);
  producer.inputs.push_back(reluOutput);
}

// What the forward pass reshaped from `from` to this shape, or kNoTensor.
TensorId reshaped(const Graph& graph, TensorId from, const Shape& shape) {
  for (const Op& op : graph.ops()) {
    if (op.type() == "reshape" && op.inputs[0] == from && graph.shape(op.outputs[0]) == shape) {
      return op.outputs[0];
    }
  }
  return kNoTensor;
}

// Whether ReLU's backward op became part of the op before it.
bool joinDirectly(Graph& graph, const Op& relu) {
  Op* producer = joinable(graph, relu.inputs[0]);
  if (producer == nullptr) return false;
  joinReluBackward(*producer, relu.inputs[1]);
  producer->outputs[0] = relu.outputs[0];
  return true;
}

// Whether it became part of the op before the reshapeBackward before it.
bool joinThroughReshape(Graph& graph, const Op& relu) {
  Op* reshape = producerOf(graph, relu.inputs[0]);
  if (reshape == nullptr || reshape->type() != "reshapeBackward") return false;
  const TensorId flat = reshape->inputs[0];
  Op* producer = joinable(graph, flat);
  const TensorId reluOutput = reshaped(graph, relu.inputs[1], graph.shape(flat));
  if (producer == nullptr || reluOutput == kNoTensor) return false;
  if (readers(graph, relu.inputs[0]) != 1) return false;
  joinReluBackward(*producer, reluOutput);
  reshape->outputs[0] = relu.outputs[0];
  return true;
}

}  // namespace

void fuseReluBackward(Graph& graph) {
  std::vector<Op>& ops = graph.ops();
  for (std::size_t i = 0; i < ops.size();) {
    const bool joined = isActivation(ops[i], "activationBackward", "relu") &&
                        (joinDirectly(graph, ops[i]) || joinThroughReshape(graph, ops[i]));
    if (joined) {
      ops.erase(ops.begin() + static_cast<std::ptrdiff_t>(i));
    } else {
      ++i;
    }
  }
}

void fuseAddRelu(Graph& graph) {
  std::vector<Op>& ops = graph.ops();
  for (std::size_t i = 0; i < ops.size();) {
    const bool relu = isActivation(ops[i], "activation", "relu");
    Op* sum = relu ? producerOf(graph, ops[i].inputs[0]) : nullptr;
    if (sum == nullptr || sum->type() != "add" || sum->attributes.has("activation") ||
        readers(graph, sum->outputs[0]) != 1) {
      ++i;
      continue;
    }
    sum->attributes.set("activation", "relu");
    sum->outputs[0] = ops[i].outputs[0];
    ops.erase(ops.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

}  // namespace node_cudnn::cudnn
