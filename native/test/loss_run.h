// Runs one loss or metric op by itself.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/attributes.h"
#include "graph_runner.h"

namespace node_cudnn::test {

struct LossInput {
  std::string type;
  Shape shape;  // of the predictions, [N,...,C]
  Values predictions;
  Values targets;
  bool labels = false;  // targets are class indices, one for each position
  Values weights = {};  // of the rows; empty: none
  Attributes attributes = {};
};

struct LossOutput {
  double sum = 0;
  double count = 0;
  Values gradient;  // empty for metrics
};

// The accumulator starts at {before, before}, the graph runs once.
LossOutput runLoss(std::string_view backend, const LossInput& input, double before = 0);

}  // namespace node_cudnn::test
