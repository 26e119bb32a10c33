#include "differentiator.h"

#include "error.h"
#include "op.h"

namespace node_cudnn {

Differentiator::Differentiator(Graph& graph, const std::vector<TensorId>& wanted)
    : graph_(graph), needed_(wanted.begin(), wanted.end()) {
  for (const Op& op : graph.ops()) {
    for (const TensorId input : op.inputs) {
      if (!needed_.contains(input)) continue;
      for (const TensorId output : op.outputs) {
        if (output != kNoTensor) needed_.insert(output);
      }
      break;
    }
  }
}

void Differentiator::seed(TensorId tensor, TensorId gradient) { contribute(tensor, gradient); }

void Differentiator::run() {
  const std::size_t count = graph_.ops().size();
  for (std::size_t i = count; i-- > 0;) {
    const Op op = graph_.ops()[i];  // a copy: adding backward ops moves the list
    if (op.phase != Phase::Forward) continue;
    bool reached = false;
    for (const TensorId output : op.outputs) reached |= gradientOf(output) != kNoTensor;
    bool needed = false;
    for (const TensorId input : op.inputs) needed |= needsGradient(input);
    if (!reached || !needed) continue;
    if (!op.definition->differentiate) {
      throw Error(ErrorCode::Unsupported, op.place(), "has no gradient");
    }
    op.definition->differentiate(*this, op);
  }
}

bool Differentiator::needsGradient(TensorId tensor) const {
  return tensor != kNoTensor && needed_.contains(tensor);
}

TensorId Differentiator::gradientOf(TensorId tensor) const {
  const auto found = gradients_.find(tensor);
  return found == gradients_.end() ? kNoTensor : found->second;
}

void Differentiator::contribute(TensorId tensor, TensorId gradient) {
  const auto [entry, first] = gradients_.emplace(tensor, gradient);
  if (first) return;
  const std::string name = graph_.tensor(tensor).name + "/sumGradients";
  const Op& sum = graph_.add("add", name, {entry->second, gradient}, {}, Phase::Backward);
  entry->second = sum.outputs[0];
}

}  // namespace node_cudnn
