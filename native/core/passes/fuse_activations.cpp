#include <algorithm>

#include "../op.h"
#include "passes.h"

namespace node_cudnn {

namespace {

int readers(const Graph& graph, TensorId tensor) {
  int count = static_cast<int>(std::ranges::count(graph.results, tensor));
  for (const Op& op : graph.ops()) {
    count += static_cast<int>(std::ranges::count(op.inputs, tensor));
  }
  return count;
}

bool fusesInto(const Op& producer) {
  return (producer.type() == "conv2d" || producer.type() == "dense") &&
         producer.attributes.text("activation", "linear") == "linear";
}

}  // namespace

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
    if (producer == ops.end() || !fusesInto(*producer) || readers(graph, op.inputs[0]) != 1) {
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
