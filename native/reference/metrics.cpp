// Accuracies: the share of a sample's positions that are right, added as {sum of w m, sum of w}.
#include <algorithm>
#include <vector>

#include "kernel.h"
#include "samples.h"

namespace node_cudnn::reference {

namespace {

// How right the predictions at one position are, from 0 to 1.
using PositionAccuracy = double (*)(const Samples& batch, const Attributes& attributes,
                                    std::int64_t position);

double sameClass(const Samples& batch, const Attributes&, std::int64_t position) {
  const std::int64_t predicted = argmax(batch.predictions(position), batch.classes);
  return predicted == batch.targetClass(position) ? 1 : 0;
}

// The mean over the last axis of (prediction > threshold) == target.
double sameBits(const Samples& batch, const Attributes& attributes, std::int64_t position) {
  const double threshold = attributes.number("threshold", 0.5);
  double right = 0;
  for (std::int64_t c = 0; c < batch.classes; ++c) {
    const double predicted = batch.predictions(position)[c] > threshold ? 1 : 0;
    right += predicted == batch.targetValue(position, c) ? 1 : 0;
  }
  return right / static_cast<double>(batch.classes);
}

// Right when fewer than k classes are predicted above the target's.
double amongTopK(const Samples& batch, const Attributes& attributes, std::int64_t position) {
  const double* predictions = batch.predictions(position);
  const double wanted = predictions[batch.targetClass(position)];
  const auto above = std::count_if(predictions, predictions + batch.classes,
                                   [&](double value) { return value > wanted; });
  return above < attributes.integer("k", 5) ? 1 : 0;
}

template <PositionAccuracy kAccuracy>
void compute(const Call& call) {
  const Samples batch(call);
  for (std::int64_t n = 0; n < batch.samples; ++n) {
    double sum = 0;
    for (std::int64_t i = n * batch.positions; i < (n + 1) * batch.positions; ++i) {
      sum += batch.weight(i) * kAccuracy(batch, call.attributes(), i);
    }
    batch.accumulator.numbers()[0] += sum / static_cast<double>(batch.positions);
    batch.accumulator.numbers()[1] += batch.sampleWeight(n);
  }
}

template <PositionAccuracy kAccuracy>
OpKernel metric(const char* type) {
  return {
      .type = type, .work = Work::Loss, .compute = compute<kAccuracy>, .updates = +[](const Op&) {
        return std::vector<std::size_t>{3};
      }};
}

const RegisteredKernel registeredSparse{metric<sameClass>("sparseCategoricalAccuracy")};
const RegisteredKernel registeredCategorical{metric<sameClass>("categoricalAccuracy")};
const RegisteredKernel registeredBinary{metric<sameBits>("binaryAccuracy")};
const RegisteredKernel registeredTopK{metric<amongTopK>("topKCategoricalAccuracy")};

}  // namespace

}  // namespace node_cudnn::reference
