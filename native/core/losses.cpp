#include "losses.h"

#include <algorithm>
#include <cmath>

#include "error.h"

namespace node_cudnn {

namespace {

struct LossRule {
  const char* name;    // as compiled
  const char* op;      // on values
  const char* logits;  // on logits; null: the loss never looks behind the output
  bool labels;
};

constexpr LossRule kRules[] = {
    {"categoricalCrossentropy", "categoricalCrossentropy", "softmaxCrossEntropy", false},
    {"sparseCategoricalCrossentropy", "categoricalCrossentropy", "softmaxCrossEntropy", true},
    {"binaryCrossentropy", "binaryCrossentropy", "sigmoidCrossEntropy", false},
    {"meanSquaredError", "meanSquaredError", nullptr, false},
    {"meanAbsoluteError", "meanAbsoluteError", nullptr, false},
};

const LossRule* findRule(const std::string& name) {
  const auto* found =
      std::ranges::find_if(kRules, [&](const LossRule& rule) { return name == rule.name; });
  return found == std::end(kRules) ? nullptr : found;
}

// The value behind a last softmax or sigmoid, or -1.
std::int32_t logitsBehind(const ModelSpec& model, std::int32_t value) {
  const auto inputs = static_cast<std::int32_t>(model.inputs.size());
  if (value < inputs) return -1;
  const OpSpec& op = model.ops.at(static_cast<std::size_t>(value - inputs));
  const bool last = op.type == "softmax" ||
                    (op.type == "activation" && op.attributes.text("function", "") == "sigmoid");
  return last ? op.inputs.at(0) : -1;
}

ResolvedLoss resolveLoss(const ModelSpec& model, const LossSpec& spec, std::size_t output) {
  const LossRule* rule = findRule(spec.type);
  if (rule == nullptr) {
    std::string known;
    for (const LossRule& other : kRules)
      known += (known.empty() ? "" : ", ") + std::string(other.name);
    throw Error(ErrorCode::Option, "loss '" + spec.type + "'",
                "no such loss; the losses are " + known);
  }
  ResolvedLoss loss{rule->op, model.outputs[output], output, spec.weight, rule->labels, false};
  if (rule->logits == nullptr) return loss;
  const std::int32_t behind = spec.fromLogits ? -1 : logitsBehind(model, loss.value);
  if (behind >= 0) loss.value = behind;
  loss.logits = spec.fromLogits || behind >= 0;
  if (loss.logits) loss.type = rule->logits;
  return loss;
}

}  // namespace

std::vector<ResolvedLoss> resolveLosses(const ModelSpec& model, const TrainingSpec& training) {
  if (training.losses.size() != model.outputs.size()) {
    throw Error(ErrorCode::Option, "losses",
                "expected one for each of the " + std::to_string(model.outputs.size()) +
                    " outputs, got " + std::to_string(training.losses.size()));
  }
  std::vector<ResolvedLoss> losses;
  for (std::size_t i = 0; i < training.losses.size(); ++i) {
    if (!training.losses[i].type.empty()) {
      losses.push_back(resolveLoss(model, training.losses[i], i));
    }
  }
  if (losses.empty()) throw Error(ErrorCode::Option, "losses", "at least one output needs a loss");
  return losses;
}

ResolvedMetric resolveMetric(const ModelSpec&, const TrainingSpec& training,
                             const std::vector<ResolvedLoss>& losses, std::size_t index) {
  const MetricSpec& metric = training.metrics.at(index);
  const auto found = std::ranges::find_if(losses, [&](const ResolvedLoss& loss) {
    return loss.output == static_cast<std::size_t>(metric.output);
  });
  if (found == losses.end()) {
    throw Error(ErrorCode::Option, "metric '" + metric.type + "'",
                "output " + std::to_string(metric.output) + " has no loss");
  }
  ResolvedMetric resolved{metric.type, static_cast<std::size_t>(found - losses.begin()),
                          metric.attributes};
  const LossRule* rule = findRule(metric.type);
  if (rule != nullptr) {
    resolved.type = found->logits && rule->logits != nullptr ? rule->logits : rule->op;
    resolved.attributes.set("scale", 1.0);
  }
  if (metric.type == "binaryAccuracy" && found->logits) {
    // p > t exactly when the logit > log(t / (1 - t)).
    const double threshold = metric.attributes.number("threshold", 0.5);
    resolved.attributes.set("threshold", std::log(threshold / (1 - threshold)));
  }
  return resolved;
}

}  // namespace node_cudnn
