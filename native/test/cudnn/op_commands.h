// The commands that one op became, and graphs of one op with its gradient.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/differentiator.h"
#include "core/op.h"
#include "planned_graph.h"

namespace node_cudnn::test {

using Nodes = std::vector<std::string>;

inline std::vector<const Command*> commandsOf(const Schedule& schedule, std::string_view op) {
  std::vector<const Command*> commands;
  for (const Command& command : schedule.commands) {
    if (command.name == op) commands.push_back(&command);
  }
  return commands;
}

// The fused operations of each of the op's commands; none for a launch of the backend's own.
inline std::vector<Nodes> nodesOf(const Schedule& schedule, std::string_view op) {
  std::vector<Nodes> nodes;
  for (const Command* command : commandsOf(schedule, op)) nodes.push_back(command->nodes);
  return nodes;
}

inline bool readsBuffer(const Command& command, BufferId buffer) {
  return std::ranges::find(command.reads, buffer) != command.reads.end();
}
inline bool writesBuffer(const Command& command, BufferId buffer) {
  return std::ranges::find(command.writes, buffer) != command.writes.end();
}

// "op" with inputs of these shapes, and its gradients from a given dy.
struct OneOp {
  OneOp(const std::string& type, const std::vector<Shape>& shapes, const Attributes& attributes,
        bool backward = true) {
    for (const Shape& shape : shapes) {
      inputs.push_back(graph.addTensor({"x", shape, ElementType::Float, Role::Input}));
    }
    outputs = graph.add(type, "op", inputs, attributes).outputs;
    graph.results = {outputs[0]};
    if (!backward) return;
    Differentiator differentiator(graph, inputs);
    dy = graph.addTensor({"dy", graph.shape(outputs[0]), ElementType::Float, Role::Input});
    differentiator.seed(outputs[0], dy);
    differentiator.run();
    for (const TensorId input : inputs) {
      gradients.push_back(differentiator.gradientOf(input));
      graph.results.push_back(gradients.back());
    }
  }

  Graph graph;
  std::vector<TensorId> inputs;
  std::vector<TensorId> outputs;
  TensorId dy = kNoTensor;
  std::vector<TensorId> gradients;
};

}  // namespace node_cudnn::test
