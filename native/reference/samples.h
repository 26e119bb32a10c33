// What losses and metrics share: predictions [N,...,C] as N samples of P positions of C values,
// each position with its weight, summed into an accumulator.
#pragma once

#include <cstdint>

#include "call.h"

namespace node_cudnn::reference {

struct Samples {
  explicit Samples(const Call& call);

  // The target's class at a position: the label, or the first largest value.
  std::int64_t targetClass(std::int64_t position) const;
  // The target of one class: 1 or 0 when the target is a label.
  double targetValue(std::int64_t position, std::int64_t c) const;
  const double* predictions(std::int64_t position) const;
  double weight(std::int64_t position) const;
  // The mean over the positions of a sample.
  double sampleWeight(std::int64_t sample) const;

  Operand prediction, target, weights, accumulator;
  std::int64_t samples, positions, classes;
  bool labels;  // the target holds one Integer for each position
};

// The first position of the largest of `count` values.
std::int64_t argmax(const double* values, std::int64_t count);

}  // namespace node_cudnn::reference
