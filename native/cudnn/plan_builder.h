// Builds execution plans: of the engines that the heuristics offer for a graph, those that keep to
// the options, or of the text that an earlier plan left.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "data_type.h"
#include "descriptor.h"
#include "operation_graph.h"

namespace node_cudnn::cudnn {

// Immutable; may be executed by one stream at a time. Owns all that it needs.
struct ExecutionPlan {
  Descriptor descriptor;
  std::size_t workspaceBytes = 0;
  std::string engine;   // "engine 37, tensor cores, compiled at run time"
  bool cached = false;  // came from the disk
};

// Whether its products run on tensor cores.
bool onTensorCores(const ExecutionPlan& plan);

// What a plan may do.
struct PlanLimits {
  // Float32 passes over engines that round operands of products: those on tensor cores, and those
  // of cublasLt, which do not say so. The others take engines on tensor cores first.
  Precision precision = Precision::Tf32;
  std::size_t workspaceBytes = 0;
  // Passes over engines whose sums come in any order, where another of the same mode takes the
  // graph.
  bool deterministic = true;
};

struct BuiltPlans {
  std::vector<std::shared_ptr<ExecutionPlan>> plans;  // best first
  std::string refusal;                                // when there are none
};

// properties: the device's. Up to `count` plans, all different, in the order of the heuristics of
// mode A, then of the fallback. Throws Error(OutOfMemory) when host memory ends, and Error(Backend)
// when there is no plan for a failure of the library itself.
BuiltPlans buildPlans(const OperationGraph& graph, const Descriptor& properties,
                      const PlanLimits& limits, std::size_t count);

// The plan as text, with its compiled kernels. Empty when the library does not tell it.
std::string representationOf(const ExecutionPlan& plan);
// The part of such a text that names engine and knobs. What follows it, the kernels and their
// arguments, holds addresses and differs from time to time.
std::string_view configurationIn(std::string_view representation);
// The plan of such a text of this version of the library and this device, with nothing compiled.
// Throws Refused.
std::shared_ptr<ExecutionPlan> planOf(const std::string& representation,
                                      const Descriptor& properties);

}  // namespace node_cudnn::cudnn
