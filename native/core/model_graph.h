// From a model's specification to the graph of one mode and batch size.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "graph.h"
#include "model_spec.h"
#include "program.h"

namespace node_cudnn {

struct ModelGraph {
  Graph graph;
  std::vector<TensorId> inputs;
  std::vector<TensorId> weights;
  std::vector<TensorId> accumulators;     // of the losses, metrics and penalties that run
  std::vector<TensorId> targets;          // of the outputs with a loss
  std::vector<TensorId> sampleWeights;    // of the outputs with a loss, or empty
  std::vector<std::int64_t> classes;      // of each target: labels lie below it; 0: dense
  std::vector<TensorId> outputs;          // of modes that predict
  std::vector<TensorId> inputGradients;   // Mode::Gradients
  std::vector<TensorId> weightGradients;  // Mode::Gradients; kNoTensor when frozen or unreached
  TensorId norms = kNoTensor;             // Mode::Train
};

// fuse: whether ReLU may become part of the op before it. fold: with it, in inference, whether
// batch normalization may become part of the kernel before it. Throws Error(Shape) or Error(Option)
// naming the op, Error(Option) when losses are missing.
ModelGraph buildModelGraph(const ModelSpec& model, const TrainingSpec& training, Mode mode,
                           std::int64_t batchSize, bool weighted, bool fuse = true,
                           bool fold = false);

}  // namespace node_cudnn
