// Runs a graph on a backend with given values and reads any tensor back, in doubles.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/backend.h"
#include "core/graph.h"

namespace node_cudnn::test {

using Values = std::vector<double>;

class GraphRunner {
 public:
  // Weights, optimizer state and accumulators get persistent memory; `graph.results` and these
  // can be read after a run.
  GraphRunner(std::string_view backend, Graph graph);

  // Keeps the values for every run to come; persistent tensors are written at once, here alone.
  // Throws std::invalid_argument when the number of values is wrong.
  void set(TensorId tensor, const Values& values);
  void run(const StepState& state = {});
  Values get(TensorId tensor);

  const Graph& graph() const { return graph_; }
  const Schedule& schedule() const { return schedule_; }
  // What computes it, for findings: "conv: engine 11; ...".
  std::string commands() const;

 private:
  BufferId bufferOf(TensorId tensor) const;
  void* address(BufferId buffer) const;
  void write(TensorId tensor, const Values& values);
  bool feeds(BufferId id) const;
  void feed(TensorId tensor, const Values& values);

  Graph graph_;
  std::unique_ptr<Backend> backend_;
  Schedule schedule_;
  std::unique_ptr<Memory> arena_;
  std::vector<std::unique_ptr<Memory>> slots_;
  std::map<TensorId, Values> fed_;
};

}  // namespace node_cudnn::test
