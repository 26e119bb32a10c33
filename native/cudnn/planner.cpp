#include "planner.h"

#include <algorithm>
#include <new>
#include <optional>
#include <utility>

#include "core/error.h"
#include "engine_search.h"
#include "graph_descriptors.h"
#include "status.h"

namespace node_cudnn::cudnn {
namespace {

constexpr cudnnBackendHeurMode_t kModes[] = {CUDNN_HEUR_MODE_A, CUDNN_HEUR_MODE_FALLBACK};

bool isBroken(cudnnStatus_t status) {
  const int category = CUDNN_STATUS_CATEGORY(static_cast<int>(status));
  return category == 1000 || category == 5000;
}

void throwIfOutOfMemory(const Refused& refused) {
  if (refused.status() == CUDNN_STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED) {
    throw Error(ErrorCode::OutOfMemory, "cuDNN",
                std::string(refused.what()) + "; free memory of the host");
  }
}

// Why engines were passed over: each different reason once.
class Reasons {
 public:
  void add(const std::string& reason) {
    if (std::find(reasons_.begin(), reasons_.end(), reason) == reasons_.end()) {
      reasons_.push_back(reason);
    }
  }
  void add(const Refused& refused, const std::string& place = "") {
    throwIfOutOfMemory(refused);
    if (isBroken(refused.status())) broken_ = true;
    std::string text = refused.what();
    std::replace(text.begin(), text.end(), '\n', ' ');
    if (text.size() > kLength) text = text.substr(0, kLength) + "...";
    add(place.empty() ? text : place + ": " + text);
  }

  bool broken() const { return broken_; }
  std::string text() const {
    std::string text;
    for (std::size_t i = 0; i < std::min(reasons_.size(), kShown); ++i) {
      if (i > 0) text += "; ";
      text += reasons_[i];
    }
    if (reasons_.size() > kShown) {
      text += "; and " + std::to_string(reasons_.size() - kShown) + " more";
    }
    return text.empty() ? "cuDNN has no engine for it" : text;
  }

 private:
  static constexpr std::size_t kLength = 200;
  static constexpr std::size_t kShown = 2;
  std::vector<std::string> reasons_;
  bool broken_ = false;
};

Descriptor makeProperties(const DeviceProperties& device) {
  try {
    Descriptor made(CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR);
    made.setText(CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION, device.text);
    made.finalize();
    return made;
  } catch (const Refused& refused) {
    throw Error(ErrorCode::Backend, "device '" + device.name + "'",
                std::string("cuDNN does not take its properties: ") + refused.what());
  }
}

std::shared_ptr<ExecutionPlan> build(const Descriptor& config, const Descriptor& properties) {
  auto plan = std::make_shared<ExecutionPlan>();
  plan->descriptor = Descriptor(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
  plan->descriptor.setDescriptor(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, config);
  plan->descriptor.setDescriptor(CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP, properties);
  plan->descriptor.finalize();
  plan->workspaceBytes =
      static_cast<std::size_t>(plan->descriptor.integer(CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE));
  return plan;
}

}  // namespace

Planner::Planner(DeviceProperties device, PlannerOptions options)
    : device_(std::move(device)),
      options_(std::move(options)),
      properties_(makeProperties(device_)),
      cache_(options_.cacheFolder) {}

PlanAnswer Planner::plan(const OperationGraph& graph) {
  const std::string key = graph.key();
  const auto found = made_.find(key);
  if (found != made_.end()) return found->second;

  PlanAnswer answer;
  Reasons reasons;
  try {
    const GraphDescriptors descriptors = makeDescriptors(graph);
    for (const cudnnBackendHeurMode_t mode : kModes) {
      std::vector<Candidate> candidates;
      try {
        candidates = searchEngines(descriptors.graph, properties_, mode);
      } catch (const Refused& refused) {
        reasons.add(refused);
        continue;
      }
      for (const Candidate& candidate : candidates) {
        try {
          auto plan = build(candidate.config, properties_);
          if (plan->workspaceBytes > options_.workspaceLimit) {
            reasons.add("engine " + std::to_string(candidate.engine.index) + " needs " +
                        std::to_string(plan->workspaceBytes) +
                        " bytes of workspace, the limit is " +
                        std::to_string(options_.workspaceLimit));
            continue;
          }
          plan->engine = candidate.engine.text();
          answer.plan = std::move(plan);
          break;
        } catch (const Refused& refused) {
          reasons.add(refused, "engine " + std::to_string(candidate.engine.index));
        }
      }
      if (answer.plan) break;
    }
  } catch (const Refused& refused) {
    reasons.add(refused);
  }
  if (!answer.plan) {
    if (reasons.broken()) {
      throw Error(ErrorCode::Backend, "cuDNN",
                  "no plan for " + graph.describe() + ": " + reasons.text());
    }
    answer.refusal = reasons.text();
  }
  made_.emplace(key, answer);
  return answer;
}

}  // namespace node_cudnn::cudnn
