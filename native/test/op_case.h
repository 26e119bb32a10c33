// The table of op cases that conformance and gradient tests share. Each file of cases/ registers
// its own; there is no list.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "core/graph.h"
#include "values.h"

namespace node_cudnn::test {

struct CaseInput {
  std::string name;
  Shape shape;  // empty: the optional input is absent
  Role role = Role::Input;
  Kind kind = Kind::Normal;
  bool differentiable = true;
};

struct OpCase {
  std::string name;  // "StridesAndUnequalPadding"
  std::string op;    // the row of the tolerance table
  std::vector<CaseInput> inputs;
  // Adds the op or ops and returns the output.
  std::function<TensorId(Graph&, const std::vector<TensorId>&)> build;
  std::uint64_t firstRow = 0;
  bool differentiable = true;  // at the case's values: false for maxima with ties
};

std::ostream& operator<<(std::ostream& stream, const OpCase& op);

// A build function that adds one op of this type.
std::function<TensorId(Graph&, const std::vector<TensorId>&)> single(std::string type,
                                                                     Attributes attributes = {});

// The case as a graph: forward ops, then backward ops from a given gradient of the output.
struct CaseGraph {
  explicit CaseGraph(const OpCase& op);

  // Values for every input and the output's gradient, in the order of `fed`.
  std::vector<Values> values(const OpCase& op) const;

  Graph graph;
  std::vector<TensorId> inputs;  // kNoTensor where absent
  TensorId output = kNoTensor;
  TensorId outputGradient = kNoTensor;
  std::vector<TensorId> gradients;  // of each input, kNoTensor where not differentiable
};

// Every tensor that the host may compare: outputs that are no bytes of a backend, and gradients.
std::vector<TensorId> comparableTensors(const CaseGraph& built);

const std::vector<OpCase>& opCases();

struct RegisteredCases {
  explicit RegisteredCases(const std::vector<OpCase>& cases);
};

}  // namespace node_cudnn::test
