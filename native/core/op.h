// What the core knows of an op: its shapes, its derivative and its cost. How it is computed is the
// backend's business. Each op registers itself from its own file in ops/.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "graph.h"

namespace node_cudnn {

class Differentiator;

// Where a specification may name an op. Core: nowhere; the core adds it by itself.
enum class OpUse { Core, Model, Loss, Metric, Optimizer };

// What an op of a model is given: values, then weights, of which those marked true must be there.
struct Operands {
  static constexpr std::size_t kMany = 65536;
  std::size_t leastValues = 1;
  std::size_t mostValues = 1;
  std::vector<bool> weights = {};
};

struct OpDefinition {
  std::string type;
  OpUse use = OpUse::Core;
  Operands operands = {};  // OpUse::Model
  // Shapes, types and roles of the outputs; validates inputs and attributes.
  std::function<std::vector<Tensor>(const Graph&, const Op&)> infer = {};
  // Appends the ops that compute the gradients of the op's inputs. Empty: no gradient flows.
  std::function<void(Differentiator&, const Op&)> differentiate = {};
  // Multiplications and additions of one execution. Empty: 0.
  std::function<double(const Graph&, const Op&)> flops = {};
  // True when the op writes one of its inputs (moving statistics, weights, accumulators).
  bool updatesInPlace = false;
};

// Throws Error(Option) naming the types that exist.
const OpDefinition& findOp(std::string_view type);
std::vector<std::string> opTypes();

// A file of ops/ holds one constant of this type for each op that it defines.
struct RegisteredOp {
  explicit RegisteredOp(OpDefinition definition);
};

// Throws Error(Shape) naming the op unless the tensor has this rank.
void requireRank(const Graph& graph, const Op& op, TensorId id, std::size_t rank,
                 std::string_view axes);

// A shape as an attribute, for backward ops that must know one.
AttributeValue shapeAttribute(const Shape& shape);

}  // namespace node_cudnn
