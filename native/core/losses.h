// Which op a compiled loss or metric becomes, and what it reads. By Keras's rule a cross-entropy
// looks behind a last softmax or sigmoid and works on its logits; all else reads the output.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model_spec.h"

namespace node_cudnn {

struct ResolvedLoss {
  std::string type;        // an op of docs/ops.md
  std::int32_t value = 0;  // the value id that it reads: an output or the logits behind it
  std::size_t output = 0;
  double weight = 1;
  bool labels = false;  // targets are class indices
};

struct ResolvedMetric {
  std::string type;
  std::int32_t value = 0;  // the value id that it reads
  std::size_t loss = 0;    // index of the loss on the same output
  Attributes attributes;
};

// The losses in the order of the outputs that have one. Throws Error(Option) for unknown types, for
// a number of losses that differs from the outputs', and when no output has a loss.
std::vector<ResolvedLoss> resolveLosses(const ModelSpec& model, const TrainingSpec& training);

// Throws Error(Option) for an output without a loss.
ResolvedMetric resolveMetric(const ModelSpec& model, const TrainingSpec& training,
                             const std::vector<ResolvedLoss>& losses, std::size_t index);

}  // namespace node_cudnn
