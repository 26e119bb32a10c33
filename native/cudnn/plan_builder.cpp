#include "plan_builder.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/error.h"
#include "engine_search.h"
#include "graph_descriptors.h"
#include "refusal.h"
#include "status.h"

namespace node_cudnn::cudnn {
namespace {

std::shared_ptr<ExecutionPlan> finalizedPlan(Descriptor descriptor) {
  descriptor.finalize();
  auto plan = std::make_shared<ExecutionPlan>();
  plan->descriptor = std::move(descriptor);
  plan->workspaceBytes =
      static_cast<std::size_t>(plan->descriptor.integer(CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE));
  return plan;
}

std::shared_ptr<ExecutionPlan> planOf(const Candidate& candidate, const Descriptor& properties) {
  Descriptor descriptor(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
  descriptor.setDescriptor(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, candidate.config);
  descriptor.setDescriptor(CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP, properties);
  return finalizedPlan(std::move(descriptor));
}

class PlanSearch {
 public:
  PlanSearch(const OperationGraph& graph, const Descriptor& properties, const PlanLimits& limits,
             std::size_t count)
      : graph_(graph),
        properties_(properties),
        limits_(limits),
        count_(count),
        products_(graph.hasProducts()) {}

  BuiltPlans run() {
    try {
      const GraphDescriptors descriptors = makeDescriptors(graph_);
      search(descriptors, CUDNN_HEUR_MODE_A);
      if (built_.plans.empty() && takesFallback()) search(descriptors, CUDNN_HEUR_MODE_FALLBACK);
    } catch (const Refused& refused) {
      refusal_.add(refused);
    }
    if (!built_.plans.empty()) return std::move(built_);
    built_.refusal = refusal_.text(limits_.workspaceBytes);
    if (refusal_.isFailure()) {
      throw Error(ErrorCode::Backend, "cuDNN",
                  "no plan for " + graph_.describe() + ": " + built_.refusal +
                      "; `npx node-cudnn doctor` tells which libraries were found");
    }
    return std::move(built_);
  }

 private:
  // The fallback engines of a fused graph are slow ones for graphs that no other engine takes.
  // Where only the precision stands in the way, its operations are better planned one by one.
  bool takesFallback() const { return !precisionRulesOut_ || graph_.operations().size() == 1; }

  bool isDone() const { return built_.plans.size() >= count_; }

  void search(const GraphDescriptors& descriptors, cudnnBackendHeurMode_t mode) {
    std::vector<Candidate> candidates;
    try {
      candidates = searchEngines(descriptors.graph, properties_, mode);
    } catch (const Refused& refused) {
      refusal_.add(refused);
      return;
    }
    if (products_ && limits_.precision != Precision::Float32) {
      std::ranges::stable_partition(candidates, &Engine::usesTensorCores, &Candidate::engine);
    }
    std::vector<Candidate> now;
    std::vector<Candidate> later;
    for (Candidate& candidate : candidates) {
      if (const auto reason = ruledOut(candidate.engine)) {
        refusal_.add(*reason);
      } else if (limits_.deterministic &&
                 candidate.engine.has(CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC)) {
        later.push_back(std::move(candidate));
      } else {
        now.push_back(std::move(candidate));
      }
    }
    tryAll(now);
    if (built_.plans.empty()) tryAll(later);
  }

  // Sums are in float32 in every precision, and operands are not rounded to a smaller type than the
  // precision says.
  std::optional<std::string> ruledOut(const Engine& engine) {
    if (!products_) return std::nullopt;
    if (engine.has(CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION) ||
        engine.has(CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS)) {
      return "its engines round operands to half precision";
    }
    if (limits_.precision == Precision::Float32 && engine.usesTensorCores()) {
      precisionRulesOut_ = true;
      return "its engines round operands for tensor cores, which precision 'float32' rules out";
    }
    return std::nullopt;
  }

  void tryAll(const std::vector<Candidate>& candidates) {
    for (std::size_t i = 0; i < candidates.size() && !isDone(); ++i) tryOne(candidates[i]);
  }

  void tryOne(const Candidate& candidate) {
    try {
      // An engine's own estimate saves compiling it in vain; the plan's word counts.
      const auto estimate = candidate.config.integer(CUDNN_ATTR_ENGINECFG_WORKSPACE_SIZE);
      if (isTooMuch(static_cast<std::size_t>(estimate))) return;
      auto plan = planOf(candidate, properties_);
      if (isTooMuch(plan->workspaceBytes)) return;
      plan->engine = candidate.engine.text(products_);
      built_.plans.push_back(std::move(plan));
    } catch (const Refused& refused) {
      refusal_.add(refused);
    }
  }

  bool isTooMuch(std::size_t workspaceBytes) {
    if (workspaceBytes <= limits_.workspaceBytes) return false;
    refusal_.addWorkspace(workspaceBytes);
    return true;
  }

  const OperationGraph& graph_;
  const Descriptor& properties_;
  const PlanLimits& limits_;
  const std::size_t count_;
  const bool products_;
  bool precisionRulesOut_ = false;
  BuiltPlans built_;
  Refusal refusal_;
};

}  // namespace

bool onTensorCores(const ExecutionPlan& plan) {
  return plan.engine.find(kTensorCores) != std::string::npos ||
         plan.engine.find(kCublasLt) != std::string::npos;
}

BuiltPlans buildPlans(const OperationGraph& graph, const Descriptor& properties,
                      const PlanLimits& limits, std::size_t count) {
  return PlanSearch(graph, properties, limits, count).run();
}

std::string representationOf(const ExecutionPlan& plan) {
  try {
    return plan.descriptor.text(CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION);
  } catch (const Refused&) {
    return "";
  }
}

std::string_view configurationIn(std::string_view representation) {
  const std::size_t begin = representation.find("\"engine\":{");
  if (begin == std::string_view::npos) return {};
  representation.remove_prefix(begin);
  return representation.substr(0, representation.find("\"payload\""));
}

std::shared_ptr<ExecutionPlan> planOf(const std::string& representation,
                                      const Descriptor& properties) {
  Descriptor descriptor(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
  // The library looks for a device of its own unless it knows this one first.
  descriptor.setDescriptor(CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP, properties);
  descriptor.setText(CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION, representation);
  return finalizedPlan(std::move(descriptor));
}

}  // namespace node_cudnn::cudnn
