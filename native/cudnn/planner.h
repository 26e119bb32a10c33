// Finds an engine for an operation graph and builds its execution plan, from the properties of a
// device alone: heuristics mode A first, then the fallback engines, then the reason why not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "data_type.h"
#include "descriptor.h"
#include "device_properties.h"
#include "operation_graph.h"
#include "plan_cache.h"

namespace node_cudnn::cudnn {

struct PlannerOptions {
  Precision precision = Precision::Tf32;
  std::size_t workspaceLimit = std::size_t{1} << 30;  // bytes, of one plan
  int autotune = 0;         // candidates to time on the device; 0: the heuristics' first choice
  std::string cacheFolder;  // empty: no cache on disk
};

// Immutable; may be executed by one stream at a time.
struct ExecutionPlan {
  Descriptor descriptor;
  std::size_t workspaceBytes = 0;
  std::string engine;   // "engine 37, tensor cores, compiled at run time"
  bool cached = false;  // came from the disk
};

struct PlanAnswer {
  std::shared_ptr<const ExecutionPlan> plan;  // null: refused
  std::string refusal;                        // what cuDNN said, engine by engine, shortened
  explicit operator bool() const { return plan != nullptr; }
};

class Planner {
 public:
  Planner(DeviceProperties device, PlannerOptions options);

  // Equal graphs get the same plan. Throws Error(Backend) for failures that are no refusal, and
  // Error(OutOfMemory) when host memory ends.
  PlanAnswer plan(const OperationGraph& graph);

  const DeviceProperties& device() const { return device_; }
  const PlannerOptions& options() const { return options_; }

 private:
  DeviceProperties device_;
  PlannerOptions options_;
  Descriptor properties_;
  PlanCache cache_;
  std::map<std::string, PlanAnswer> made_;  // by graph key
};

}  // namespace node_cudnn::cudnn
