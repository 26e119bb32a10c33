#include "op.h"

#include <map>

#include "error.h"

namespace node_cudnn {

namespace {

using Definitions = std::map<std::string, OpDefinition, std::less<>>;

// Filled while the library loads, read-only afterwards.
Definitions& definitions() {
  static Definitions all;
  return all;
}

}  // namespace

RegisteredOp::RegisteredOp(OpDefinition definition) {
  std::string type = definition.type;
  definitions().emplace(std::move(type), std::move(definition));
}

const OpDefinition& findOp(std::string_view type) {
  const auto found = definitions().find(type);
  if (found == definitions().end()) {
    std::string known;
    for (const std::string& name : opTypes()) known += (known.empty() ? "" : ", ") + name;
    throw Error(ErrorCode::Option, "op '" + std::string(type) + "'",
                "no such op; the ops are " + known);
  }
  return found->second;
}

std::vector<std::string> opTypes() {
  std::vector<std::string> types;
  for (const auto& [type, definition] : definitions()) types.push_back(type);
  return types;
}

AttributeValue shapeAttribute(const Shape& shape) {
  return std::vector<double>(shape.begin(), shape.end());
}

void requireRank(const Graph& graph, const Op& op, TensorId id, std::size_t rank,
                 std::string_view axes) {
  const Shape& shape = graph.shape(id);
  if (shape.size() != rank) {
    throw Error(ErrorCode::Shape, op.place(),
                "expected input of rank " + std::to_string(rank) + " " + std::string(axes) +
                    ", got " + toString(shape));
  }
}

}  // namespace node_cudnn
