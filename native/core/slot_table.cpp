#include "slot_table.h"

namespace node_cudnn {

namespace {

std::vector<std::string> stateSuffixes(const OptimizerSpec& optimizer) {
  if (optimizer.type == "adam") return {"m", "v"};
  if (optimizer.type == "sgd" && optimizer.attributes.number("momentum", 0) > 0) {
    return {"velocity"};
  }
  return {};
}

}  // namespace

bool isPenalized(const WeightSpec& weight) {
  return weight.trainable && (weight.l1 != 0 || weight.l2 != 0);
}

SlotTable::SlotTable(const ModelSpec& model, const TrainingSpec& training)
    : weights(model.weights.size()) {
  for (std::size_t i = 0; i < training.losses.size(); ++i) {
    if (!training.losses[i].type.empty()) results.push_back("loss/" + std::to_string(i));
  }
  for (std::size_t i = 0; i < training.metrics.size(); ++i) {
    results.push_back("metric/" + std::to_string(i));
  }
  bool penalized = false;
  for (const WeightSpec& weight : model.weights) penalized |= isPenalized(weight);
  if (penalized && !results.empty()) results.emplace_back("penalty");
  for (const std::string& suffix : stateSuffixes(training.optimizer)) {
    for (std::size_t i = 0; i < model.weights.size(); ++i) {
      if (!model.weights[i].trainable) continue;
      stateNames.push_back(model.weights[i].name + "/" + suffix);
      stateWeights.push_back(i);
    }
  }
}

}  // namespace node_cudnn
