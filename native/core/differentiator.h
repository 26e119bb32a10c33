// Reverse-mode differentiation: walks the forward ops backwards and asks each for its backward ops.
#pragma once

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "graph.h"

namespace node_cudnn {

class Differentiator {
 public:
  // wanted: the tensors (weights, inputs) whose gradients are asked for.
  Differentiator(Graph& graph, const std::vector<TensorId>& wanted);

  // Gives the gradient of the loss with respect to `tensor` from outside (a loss op's output).
  void seed(TensorId tensor, TensorId gradient);

  // Differentiates every op that is in the graph now, last to first.
  void run();

  // For OpDefinition::differentiate.
  Graph& graph() { return graph_; }
  bool needsGradient(TensorId tensor) const;
  // The sum of all contributions to the gradient of this output, or kNoTensor.
  TensorId gradientOf(TensorId tensor) const;
  // Adds a contribution; a second one inserts an add op.
  void contribute(TensorId tensor, TensorId gradient);

 private:
  Graph& graph_;
  std::unordered_set<TensorId> needed_;
  std::unordered_map<TensorId, TensorId> gradients_;
};

}  // namespace node_cudnn
