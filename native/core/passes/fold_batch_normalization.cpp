#include <algorithm>
#include <iterator>

#include "../op.h"
#include "passes.h"

namespace node_cudnn {

namespace {

// The op whose sum this one normalizes, or the end.
std::vector<Op>::iterator foldable(Graph& graph, const Op& op) {
  std::vector<Op>& ops = graph.ops();
  if (op.type() != "batchNormalization" || op.attributes.boolean("training") ||
      graph.readers(op.inputs[0]) != 1) {
    return ops.end();
  }
  return std::ranges::find_if(
      ops, [&](const Op& o) { return isLinearProduct(o) && o.outputs[0] == op.inputs[0]; });
}

}  // namespace

void foldBatchNormalizations(Graph& graph) {
  std::vector<Op>& ops = graph.ops();
  for (std::size_t i = 0; i < ops.size(); ++i) {
    const auto found = foldable(graph, ops[i]);
    if (found == ops.end()) continue;
    const auto position = found - ops.begin();
    const Op normalization = ops[i];
    const TensorId bias = found->inputs.size() > 2 ? found->inputs[2] : kNoTensor;
    std::vector<TensorId> inputs{found->inputs[1], bias};
    inputs.insert(inputs.end(), normalization.inputs.begin() + 1, normalization.inputs.end());
    const std::vector<TensorId> folded =
        graph
            .add("foldBatchNormalization", normalization.name, inputs,
                 {{"epsilon", normalization.attributes.number("epsilon")}}, normalization.phase)
            .outputs;
    Op& product = ops[static_cast<std::size_t>(position)];
    product.inputs = {product.inputs[0], folded[0], folded[1]};
    product.outputs = {normalization.outputs[0]};
    graph.tensor(product.outputs[0]).name = product.name;
    ops.erase(ops.begin() + static_cast<std::ptrdiff_t>(i));
    std::rotate(ops.begin() + position, std::prev(ops.end()), ops.end());
  }
}

}  // namespace node_cudnn
