// Losses. Each is a value and its derivative at one position; a sample's loss is the mean over
// its positions, and the batch adds {sum of w l, N} to the accumulator, or {sum of w l, sum of w}.
#include <algorithm>
#include <cmath>
#include <vector>

#include "kernel.h"
#include "samples.h"

namespace node_cudnn::reference {

namespace {

constexpr double kEpsilon = 1e-7;  // Keras's backend.epsilon()

double clip(double p) { return std::clamp(p, kEpsilon, 1 - kEpsilon); }
bool clipped(double p) { return p < kEpsilon || p > 1 - kEpsilon; }

// Returns the loss of `count` predictions z against the targets t, and its derivative in d.
using PositionLoss = double (*)(const double* z, const double* t, double* d, std::int64_t count);

double softmaxCrossEntropy(const double* z, const double* t, double* d, std::int64_t count) {
  const double largest = *std::max_element(z, z + count);
  double sum = 0, targets = 0, loss = 0;
  for (std::int64_t c = 0; c < count; ++c) {
    sum += std::exp(z[c] - largest);
    targets += t[c];
  }
  for (std::int64_t c = 0; c < count; ++c) {
    if (t[c] != 0) loss -= t[c] * (z[c] - largest - std::log(sum));
    d[c] = targets * std::exp(z[c] - largest) / sum - t[c];
  }
  return loss;
}

// max(z, 0) - z t + log(1 + exp(-|z|)) is -t log s(z) - (1 - t) log(1 - s(z)) without overflow.
double sigmoidCrossEntropy(const double* z, const double* t, double* d, std::int64_t count) {
  const double n = static_cast<double>(count);
  double loss = 0;
  for (std::int64_t c = 0; c < count; ++c) {
    loss += (std::max(z[c], 0.0) - z[c] * t[c] + std::log1p(std::exp(-std::fabs(z[c])))) / n;
    d[c] = (1 / (1 + std::exp(-z[c])) - t[c]) / n;
  }
  return loss;
}

// Of a label, as Keras's sparse form: clip, then normalize.
double labelCrossentropy(const double* p, const double* t, double* d, std::int64_t count) {
  double sum = 0, loss = 0;
  for (std::int64_t c = 0; c < count; ++c) sum += clip(p[c]);
  for (std::int64_t c = 0; c < count; ++c) {
    loss -= t[c] * std::log(clip(p[c]) / sum);
    d[c] = clipped(p[c]) ? 0 : 1 / sum - t[c] / p[c];
  }
  return loss;
}

// Of dense targets, as Keras: normalize, then clip.
double categoricalCrossentropy(const double* p, const double* t, double* d, std::int64_t count) {
  double sum = 0, targets = 0, loss = 0;
  for (std::int64_t c = 0; c < count; ++c) sum += p[c];
  for (std::int64_t c = 0; c < count; ++c) {
    loss -= t[c] * std::log(clip(p[c] / sum));
    if (!clipped(p[c] / sum)) targets += t[c];
  }
  for (std::int64_t c = 0; c < count; ++c) {
    d[c] = targets / sum - (clipped(p[c] / sum) ? 0 : t[c] / p[c]);
  }
  return loss;
}

double binaryCrossentropy(const double* p, const double* t, double* d, std::int64_t count) {
  const double n = static_cast<double>(count);
  double loss = 0;
  for (std::int64_t c = 0; c < count; ++c) {
    const double q = clip(p[c]);
    loss -= (t[c] * std::log(q) + (1 - t[c]) * std::log(1 - q)) / n;
    d[c] = clipped(p[c]) ? 0 : ((1 - t[c]) / (1 - q) - t[c] / q) / n;
  }
  return loss;
}

double meanSquaredError(const double* y, const double* t, double* d, std::int64_t count) {
  const double n = static_cast<double>(count);
  double loss = 0;
  for (std::int64_t c = 0; c < count; ++c) {
    const double difference = y[c] - t[c];
    loss += difference * difference / n;
    d[c] = 2 * difference / n;
  }
  return loss;
}

double meanAbsoluteError(const double* y, const double* t, double* d, std::int64_t count) {
  const double n = static_cast<double>(count);
  double loss = 0;
  for (std::int64_t c = 0; c < count; ++c) {
    const double difference = y[c] - t[c];
    loss += std::fabs(difference) / n;
    d[c] = (difference > 0 ? 1.0 : difference < 0 ? -1.0 : 0.0) / n;
  }
  return loss;
}

template <PositionLoss kLoss, PositionLoss kLabelLoss>
void compute(const Call& call) {
  const Samples batch(call);
  const Operand gradient = call.output(0);
  const double scale = call.attributes().number("scale", 1);
  const bool countWeights = call.attributes().boolean("countWeights", false);
  const PositionLoss lossAt = batch.labels ? kLabelLoss : kLoss;
  const auto classes = static_cast<std::size_t>(batch.classes);
  std::vector<double> target(classes), derivative(classes);
  for (std::int64_t n = 0; n < batch.samples; ++n) {
    batch.accumulator.numbers()[1] += countWeights ? batch.sampleWeight(n) : 1;
    for (std::int64_t i = n * batch.positions; i < (n + 1) * batch.positions; ++i) {
      const double share = batch.weight(i) / static_cast<double>(batch.positions);
      for (std::size_t c = 0; c < classes; ++c) {
        target[c] = batch.targetValue(i, static_cast<std::int64_t>(c));
      }
      const double loss =
          lossAt(batch.predictions(i), target.data(), derivative.data(), batch.classes);
      batch.accumulator.numbers()[0] += share * loss;
      if (!gradient.present()) continue;
      for (std::size_t c = 0; c < classes; ++c) {
        gradient.numbers()[i * batch.classes + static_cast<std::int64_t>(c)] =
            scale * share * derivative[c] / static_cast<double>(batch.samples);
      }
    }
  }
}

template <PositionLoss kLoss, PositionLoss kLabelLoss = kLoss>
OpKernel loss(const char* type) {
  return {.type = type,
          .work = Work::Loss,
          .compute = compute<kLoss, kLabelLoss>,
          .updates = +[](const Op&) { return std::vector<std::size_t>{3}; }};
}

const RegisteredKernel registeredSoftmax{loss<softmaxCrossEntropy>("softmaxCrossEntropy")};
const RegisteredKernel registeredSigmoid{loss<sigmoidCrossEntropy>("sigmoidCrossEntropy")};
const RegisteredKernel registeredCategorical{
    loss<categoricalCrossentropy, labelCrossentropy>("categoricalCrossentropy")};
const RegisteredKernel registeredBinary{loss<binaryCrossentropy>("binaryCrossentropy")};
const RegisteredKernel registeredSquared{loss<meanSquaredError>("meanSquaredError")};
const RegisteredKernel registeredAbsolute{loss<meanAbsoluteError>("meanAbsoluteError")};

}  // namespace

}  // namespace node_cudnn::reference
