// Finds an engine for an operation graph and builds its execution plan, from the properties of a
// device alone: heuristics mode A first, then the fallback engines, then the reason why not. Keeps
// what it built in memory and on disk.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "data_type.h"
#include "descriptor.h"
#include "device_properties.h"
#include "operation_graph.h"
#include "plan_builder.h"
#include "plan_cache.h"

namespace node_cudnn::cudnn {

struct PlannerOptions {
  Precision precision = Precision::Tf32;
  std::size_t workspaceLimit = std::size_t{1} << 30;  // bytes, of one plan
  int autotune = 0;           // candidates to time on the device; 0: the heuristics' first choice
  std::string cacheFolder;    // empty: no cache on disk
  bool deterministic = true;  // prefers engines that give the same bits every time
};

struct PlanAnswer {
  std::shared_ptr<const ExecutionPlan> plan;  // null: refused
  std::string refusal;                        // what cuDNN said, shortened to a line or two
  double milliseconds = 0;                    // 0: not timed
  explicit operator bool() const { return plan != nullptr; }
};

using Plans = std::vector<std::shared_ptr<const ExecutionPlan>>;

// For one thread at a time; several planners may work at once.
class Planner {
 public:
  // Throws Error(Backend) when the library does not take the properties.
  Planner(DeviceProperties device, PlannerOptions options);

  // Equal graphs get the same plan. Throws Error(Backend) for failures that are no refusal, and
  // Error(OutOfMemory) when host memory ends.
  PlanAnswer plan(const OperationGraph& graph);

  // For autotuning: up to `count` different plans of the graph, best first by the heuristics; one
  // where there is nothing to choose: a preferred plan, also of an earlier process, or the only
  // one; none when the graph is refused. Throws as plan() does.
  Plans candidates(const OperationGraph& graph, std::size_t count);
  // Called for each graph before its plan is chosen, to time candidates() and prefer() one.
  void setTuner(std::function<void(const OperationGraph&)> tune) { tune_ = std::move(tune); }
  // Milliseconds of the graph's plan where it was timed, also in an earlier process; else 0.
  double timeOf(const OperationGraph& graph);
  // The plan of this graph from now on, in memory and on disk, and how long it takes.
  void prefer(const OperationGraph& graph, std::shared_ptr<const ExecutionPlan> plan,
              double milliseconds);

  const DeviceProperties& device() const { return device_; }
  const PlannerOptions& options() const { return options_; }

 private:
  Plans find(const OperationGraph& graph, const std::string& key, std::size_t count);
  BuiltPlans build(const OperationGraph& graph, std::size_t count) const;
  PlanAnswer load(const std::string& key) const;
  void store(const std::string& key, const ExecutionPlan& plan, double milliseconds);
  std::string cacheKey(const std::string& key) const;

  DeviceProperties device_;
  PlannerOptions options_;
  Descriptor properties_;
  PlanCache cache_;
  std::map<std::string, PlanAnswer> made_;  // by graph key
  std::function<void(const OperationGraph&)> tune_;
  std::set<std::string> settled_;  // keys whose plan is not chosen again
};

}  // namespace node_cudnn::cudnn
