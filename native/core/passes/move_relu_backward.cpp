#include <algorithm>
#include <utility>

#include "../op.h"
#include "passes.h"

namespace node_cudnn {

namespace {

Op* producerOf(std::vector<Op>& ops, TensorId tensor) {
  const auto found = std::ranges::find_if(
      ops, [&](const Op& op) { return std::ranges::find(op.outputs, tensor) != op.outputs.end(); });
  return found == ops.end() ? nullptr : &*found;
}

bool isReluBackward(const Op& op) {
  return op.type() == "activationBackward" && op.attributes.text("function") == "relu";
}

}  // namespace

void moveReluBackwardBeforePooling(Graph& graph) {
  std::vector<Op>& ops = graph.ops();
  for (std::size_t i = 0; i < ops.size(); ++i) {
    if (!isReluBackward(ops[i])) continue;
    Op* pooling = producerOf(ops, ops[i].inputs[0]);
    if (pooling == nullptr || pooling->type() != "maxPooling2dBackward" || pooling + 1 != &ops[i] ||
        graph.readers(ops[i].inputs[0]) != 1) {
      continue;
    }
    // The pooled value is the first output of the forward op that made the argmax.
    const Op* forward = producerOf(ops, pooling->inputs[1]);
    if (forward == nullptr || forward->inputs[0] != ops[i].inputs[1]) continue;
    Op& relu = ops[i];
    const TensorId masked = graph.addTensor(
        {relu.name, graph.shape(pooling->inputs[0]), ElementType::Float, Role::Gradient});
    const TensorId result = relu.outputs[0];
    relu.inputs = {pooling->inputs[0], forward->outputs[0]};
    relu.outputs = {masked};
    pooling->inputs[0] = masked;
    pooling->outputs = {result};
    std::swap(*pooling, relu);
  }
}

}  // namespace node_cudnn
