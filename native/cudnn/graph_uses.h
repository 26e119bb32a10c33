// Who makes and who reads the tensors of a graph.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/graph.h"
#include "core/op.h"

namespace node_cudnn::cudnn {

// Times that ops read the tensor; the host's reading of a result counts too.
inline std::int64_t readers(const Graph& graph, TensorId tensor) {
  std::int64_t count = std::ranges::count(graph.results, tensor);
  for (const Op& op : graph.ops()) count += std::ranges::count(op.inputs, tensor);
  return count;
}

// The op that makes the tensor; null for inputs and weights. Adding or erasing ops invalidates it.
inline Op* producerOf(Graph& graph, TensorId tensor) {
  const auto makes = [&](const Op& op) {
    return std::ranges::find(op.outputs, tensor) != op.outputs.end();
  };
  const auto found = std::ranges::find_if(graph.ops(), makes);
  return found == graph.ops().end() ? nullptr : &*found;
}

inline bool isActivation(const Op& op, std::string_view type, std::string_view function) {
  return op.type() == type && op.attributes.text("function") == function;
}

}  // namespace node_cudnn::cudnn
