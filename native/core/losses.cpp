#include "losses.h"

#include <algorithm>
#include <utility>

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

// The op that makes a value, or null for an input.
const OpSpec* makerOf(const ModelSpec& model, std::int32_t value) {
  const auto inputs = static_cast<std::int32_t>(model.inputs.size());
  return value < inputs ? nullptr : &model.ops.at(static_cast<std::size_t>(value - inputs));
}

bool isSoftmax(const OpSpec* op) { return op != nullptr && op->type == "softmax"; }

bool isSigmoid(const OpSpec* op) {
  return op != nullptr && op->type == "activation" &&
         op->attributes.text("function", "") == "sigmoid";
}

// The op of a loss, and the value that it reads.
struct Reading {
  const char* op;
  std::int32_t value;
};

Reading readingOf(const ModelSpec& model, const LossRule& rule, std::int32_t output,
                  bool fromLogits) {
  if (rule.logits == nullptr) return {rule.op, output};
  // What a softmax or sigmoid gives are no logits, whatever was said of them.
  const OpSpec* maker = makerOf(model, output);
  if (isSoftmax(maker) || isSigmoid(maker)) return {rule.logits, maker->inputs.at(0)};
  return {fromLogits ? rule.logits : rule.op, output};
}

// Softmax keeps the order of a row: the largest logit is the largest probability, and a model that
// trains on its logits need not compute the rest.
std::int32_t accuracyValue(const ModelSpec& model, const std::string& type, std::int32_t output) {
  const OpSpec* maker = makerOf(model, output);
  const bool byLargest = type == "sparseCategoricalAccuracy" || type == "categoricalAccuracy";
  return byLargest && isSoftmax(maker) ? maker->inputs.at(0) : output;
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
  const Reading reading = readingOf(model, *rule, model.outputs[output], spec.fromLogits);
  return {reading.op, reading.value, output, spec.weight, rule->labels};
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

ResolvedMetric resolveMetric(const ModelSpec& model, const TrainingSpec& training,
                             const std::vector<ResolvedLoss>& losses, std::size_t index) {
  const MetricSpec& metric = training.metrics.at(index);
  const auto found = std::ranges::find_if(losses, [&](const ResolvedLoss& loss) {
    return loss.output == static_cast<std::size_t>(metric.output);
  });
  if (found == losses.end()) {
    throw Error(ErrorCode::Option, "metric '" + metric.type + "'",
                "output " + std::to_string(metric.output) + " has no loss");
  }
  const auto loss = static_cast<std::size_t>(found - losses.begin());
  const std::int32_t output = model.outputs[found->output];
  const LossRule* rule = findRule(metric.type);
  if (rule == nullptr) {
    return {metric.type, accuracyValue(model, metric.type, output), loss, metric.attributes};
  }
  // As in Keras, the loss's fromLogits says nothing of the metric.
  const Reading reading = readingOf(model, *rule, output, false);
  Attributes attributes = metric.attributes;
  attributes.set("countWeights", true);
  return {reading.op, reading.value, loss, std::move(attributes)};
}

}  // namespace node_cudnn
