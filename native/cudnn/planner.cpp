#include "planner.h"

#include <cstdlib>
#include <utility>

#include "core/error.h"
#include "matmul_as_convolution.h"
#include "status.h"

namespace node_cudnn::cudnn {
namespace {

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

}  // namespace

Planner::Planner(DeviceProperties device, PlannerOptions options)
    : device_(std::move(device)),
      options_(std::move(options)),
      properties_(makeProperties(device_)),
      cache_(options_.cacheFolder) {}

PlanAnswer Planner::plan(const OperationGraph& graph) {
  const std::string key = graph.key();
  if (tune_ && !made_.contains(key)) tune_(graph);
  if (!made_.contains(key)) find(graph, key, 1);
  return made_.at(key);
}

Plans Planner::candidates(const OperationGraph& graph, std::size_t count) {
  const std::string key = graph.key();
  const auto found = made_.find(key);
  if (found != made_.end() && !found->second) return {};
  if (settled_.contains(key)) return {found->second.plan};
  return find(graph, key, count);
}

double Planner::timeOf(const OperationGraph& graph) {
  const std::string key = graph.key();
  if (!made_.contains(key)) {
    if (PlanAnswer loaded = load(key)) {
      settled_.insert(key);
      made_[key] = std::move(loaded);
    }
  }
  const auto found = made_.find(key);
  return found == made_.end() ? 0 : found->second.milliseconds;
}

void Planner::prefer(const OperationGraph& graph, std::shared_ptr<const ExecutionPlan> plan,
                     double milliseconds) {
  const std::string key = graph.key();
  store(key, *plan, milliseconds);
  made_[key] = {std::move(plan), "", milliseconds};
  settled_.insert(key);
}

Plans Planner::find(const OperationGraph& graph, const std::string& key, std::size_t count) {
  if (PlanAnswer loaded = load(key)) {
    settled_.insert(key);
    made_[key] = loaded;
    return {std::move(loaded.plan)};
  }
  BuiltPlans built = build(graph, count);
  Plans plans(built.plans.begin(), built.plans.end());
  made_[key] = {plans.empty() ? nullptr : plans.front(), std::move(built.refusal), 0};
  // Where plans are timed, the first of several is not worth keeping.
  if (plans.size() == 1 && (count > 1 || options_.autotune < 2)) {
    store(key, *plans.front(), 0);
    settled_.insert(key);
  }
  return plans;
}

BuiltPlans Planner::build(const OperationGraph& graph, std::size_t count) const {
  const PlanLimits limits{options_.precision, options_.workspaceLimit, options_.deterministic};
  BuiltPlans built = buildPlans(graph, properties_, limits, count);
  if (!built.plans.empty()) return built;
  const auto convolution = matmulAsConvolution(graph);
  if (!convolution) return built;
  BuiltPlans second = buildPlans(*convolution, properties_, limits, count);
  for (const auto& plan : second.plans) plan->engine += ", as a convolution";
  if (second.plans.empty() && second.refusal != built.refusal) {
    second.refusal += "; as a matrix product: " + built.refusal;
  }
  return second;
}

// A file holds the engine's text, for a plan that was timed a tab and its milliseconds, a line
// break, and the library's representation of the plan.
PlanAnswer Planner::load(const std::string& key) const {
  const std::optional<std::string> value = cache_.load(cacheKey(key));
  const std::size_t end = value ? value->find('\n') : std::string::npos;
  if (end == std::string::npos) return {};
  const std::string line = value->substr(0, end);
  const std::size_t tab = line.find('\t');
  try {
    auto plan = planOf(value->substr(end + 1), properties_);
    if (plan->workspaceBytes > options_.workspaceLimit) return {};
    plan->engine = line.substr(0, tab);
    plan->cached = true;
    const double time = tab == std::string::npos ? 0 : std::strtod(line.c_str() + tab, nullptr);
    return {std::move(plan), "", time};
  } catch (const Refused&) {
    return {};
  }
}

void Planner::store(const std::string& key, const ExecutionPlan& plan, double milliseconds) {
  const std::string representation = representationOf(plan);
  if (representation.empty()) return;
  const std::string time = milliseconds > 0 ? '\t' + std::to_string(milliseconds) : "";
  cache_.store(cacheKey(key), plan.engine + time + '\n' + representation);
}

std::string Planner::cacheKey(const std::string& key) const {
  return "cudnn " + std::to_string(cudnnGetVersion()) + "\nprecision " +
         std::string(toString(options_.precision)) + "\nworkspaceLimit " +
         std::to_string(options_.workspaceLimit) + "\nautotune " +
         std::to_string(options_.autotune) + "\ndeterministic " +
         std::to_string(options_.deterministic ? 1 : 0) + "\n" + device_.text + "\n" + key;
}

}  // namespace node_cudnn::cudnn
