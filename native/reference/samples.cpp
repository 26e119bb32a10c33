#include "samples.h"

#include <algorithm>

namespace node_cudnn::reference {

Samples::Samples(const Call& call)
    : prediction(call.input(0)),
      target(call.input(1)),
      weights(call.input(2)),
      accumulator(call.input(3)),
      samples(prediction.axis(0)),
      positions(prediction.count / (samples * prediction.lastAxis())),
      classes(prediction.lastAxis()),
      labels(target.type == ElementType::Integer) {}

std::int64_t Samples::targetClass(std::int64_t position) const {
  return labels ? target.integers()[position]
                : argmax(target.numbers() + position * classes, classes);
}

double Samples::targetValue(std::int64_t position, std::int64_t c) const {
  if (labels) return target.integers()[position] == c ? 1 : 0;
  return target.numbers()[position * classes + c];
}

const double* Samples::predictions(std::int64_t position) const {
  return prediction.numbers() + position * classes;
}

double Samples::weight(std::int64_t position) const {
  return weights.present() ? weights.numbers()[position] : 1;
}

double Samples::sampleWeight(std::int64_t sample) const {
  double sum = 0;
  for (std::int64_t i = 0; i < positions; ++i) sum += weight(sample * positions + i);
  return sum / static_cast<double>(positions);
}

std::int64_t argmax(const double* values, std::int64_t count) {
  return std::max_element(values, values + count) - values;
}

}  // namespace node_cudnn::reference
