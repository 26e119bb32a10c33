// Which persistent memory a model needs, and what each slot holds.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "model_spec.h"

namespace node_cudnn {

// True for a trainable weight with an L1 or L2 penalty.
bool isPenalized(const WeightSpec& weight);

// Persistent memory: weights first, then one accumulator for each result, then optimizer state.
struct SlotTable {
  std::size_t weights = 0;
  std::vector<std::string> results;  // "loss/<output>", "metric/<index>", "penalty"
  std::vector<std::string> stateNames;
  std::vector<std::size_t> stateWeights;  // the weight that each state belongs to

  std::size_t accumulator(std::size_t result) const { return weights + result; }
  std::size_t state(std::size_t index) const { return weights + results.size() + index; }
  std::size_t size() const { return weights + results.size() + stateNames.size(); }

  SlotTable(const ModelSpec& model, const TrainingSpec& training);
};

}  // namespace node_cudnn
