#include <algorithm>

#include "../op.h"
#include "passes.h"

namespace node_cudnn {

bool isLinearProduct(const Op& op) {
  return (op.type() == "conv2d" || op.type() == "dense") &&
         op.attributes.text("activation", "linear") == "linear";
}

void fuseActivations(Graph& graph) {
  std::vector<Op>& ops = graph.ops();
  for (std::size_t i = 0; i < ops.size();) {
    const Op& op = ops[i];
    const bool relu = op.type() == "activation" && op.attributes.text("function") == "relu";
    const auto producer =
        relu
            ? std::ranges::find_if(
                  ops, [&](const Op& o) { return o.outputs.size() == 1 && o.outputs == op.inputs; })
            : ops.end();
    if (producer == ops.end() || !isLinearProduct(*producer) || graph.readers(op.inputs[0]) != 1) {
      ++i;
      continue;
    }
    producer->attributes.set("activation", "relu");
    producer->outputs = op.outputs;
    graph.tensor(producer->outputs[0]).name = producer->name;
    ops.erase(ops.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

}  // namespace node_cudnn
