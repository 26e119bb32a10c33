// From a model's specification to the graph of one mode and batch size.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "graph.h"
#include "model_spec.h"
#include "program.h"

namespace node_cudnn {

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

struct ModelGraph {
  Graph graph;
  std::vector<TensorId> inputs;
  std::vector<TensorId> targets;          // of the outputs with a loss
  std::vector<TensorId> sampleWeights;    // of the outputs with a loss, or empty
  std::vector<std::int64_t> classes;      // of each target: labels lie below it; 0: dense
  std::vector<TensorId> outputs;          // Mode::Predict
  std::vector<TensorId> inputGradients;   // Mode::Gradients
  std::vector<TensorId> weightGradients;  // Mode::Gradients; kNoTensor when frozen or unreached
  TensorId norms = kNoTensor;             // Mode::Train
};

// Throws Error(Shape) or Error(Option) naming the op, Error(Option) when losses are missing.
ModelGraph buildModelGraph(const ModelSpec& model, const TrainingSpec& training, Mode mode,
                           std::int64_t batchSize, bool weighted);

}  // namespace node_cudnn
