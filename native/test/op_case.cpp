#include "op_case.h"

#include <utility>

#include "core/differentiator.h"

namespace node_cudnn::test {

namespace {

std::vector<OpCase>& registry() {
  static std::vector<OpCase> cases;
  return cases;
}

}  // namespace

const std::vector<OpCase>& opCases() { return registry(); }

RegisteredCases::RegisteredCases(const std::vector<OpCase>& cases) {
  registry().insert(registry().end(), cases.begin(), cases.end());
}

std::ostream& operator<<(std::ostream& stream, const OpCase& op) {
  return stream << op.op << " " << op.name;
}

std::function<TensorId(Graph&, const std::vector<TensorId>&)> single(std::string type,
                                                                     Attributes attributes) {
  return [type = std::move(type), attributes = std::move(attributes)](
             Graph& graph, const std::vector<TensorId>& inputs) {
    return graph.add(type, type, inputs, attributes).outputs.at(0);
  };
}

CaseGraph::CaseGraph(const OpCase& op) {
  std::vector<TensorId> wanted;
  for (const CaseInput& input : op.inputs) {
    const TensorId id =
        input.shape.empty()
            ? kNoTensor
            : graph.addTensor({input.name, input.shape, ElementType::Float, input.role});
    inputs.push_back(id);
    if (id != kNoTensor && input.differentiable) wanted.push_back(id);
  }
  output = op.build(graph, inputs);
  outputGradient =
      graph.addTensor({"output gradient", graph.shape(output), ElementType::Float, Role::Input});
  Differentiator differentiator(graph, wanted);
  differentiator.seed(output, outputGradient);
  differentiator.run();
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const bool asked = inputs[i] != kNoTensor && op.inputs[i].differentiable;
    gradients.push_back(asked ? differentiator.gradientOf(inputs[i]) : kNoTensor);
  }
  graph.results = comparableTensors(*this);
}

std::vector<Values> CaseGraph::values(const OpCase& op) const {
  std::vector<Values> all;
  for (std::size_t i = 0; i < op.inputs.size(); ++i) {
    const auto seed = static_cast<std::uint32_t>(100 + i);
    all.push_back(inputs[i] == kNoTensor ? Values{}
                                         : makeValues(op.inputs[i].shape, op.inputs[i].kind, seed));
  }
  all.push_back(makeValues(graph.shape(output), Kind::Normal, 99));
  return all;
}

std::vector<TensorId> comparableTensors(const CaseGraph& built) {
  std::vector<TensorId> tensors;
  for (const Op& op : built.graph.ops()) {
    if (op.phase != Phase::Forward) continue;
    for (const TensorId output : op.outputs) {
      if (output != kNoTensor && built.graph.tensor(output).type == ElementType::Float) {
        tensors.push_back(output);
      }
    }
  }
  for (const TensorId gradient : built.gradients) {
    if (gradient != kNoTensor) tensors.push_back(gradient);
  }
  return tensors;
}

}  // namespace node_cudnn::test
