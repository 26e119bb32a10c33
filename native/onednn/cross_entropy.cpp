// Cross-entropies of logits, and of probabilities with Keras's clipping.
#include <cmath>

#include "losses.h"

namespace node_cudnn::onednn {

namespace {

constexpr double kEpsilon = 1e-7;

double clipped(double p) { return std::clamp(p, kEpsilon, 1 - kEpsilon); }
bool isClipped(double p) { return p < kEpsilon || p > 1 - kEpsilon; }

// l = -sum t log softmax(z); dl/dz = softmax(z) sum t - t.
double softmaxRow(const float* z, const RowTarget& target, float* gradient, float factor,
                  std::int64_t classes) {
  const float highest = *std::max_element(z, z + classes);
  double sum = 0;
  for (std::int64_t c = 0; c < classes; ++c) sum += std::exp(z[c] - highest);
  const double logSum = std::log(sum);
  double loss = 0;
  double total = 0;
  for (std::int64_t c = 0; c < classes; ++c) {
    const double t = target.at(c);
    // 0 log 0 is 0.
    if (t != 0) loss -= t * (static_cast<double>(z[c]) - highest - logSum);
    total += t;
  }
  if (std::isnan(sum)) loss = sum;
  if (gradient != nullptr) {
    const auto scale = static_cast<float>(total / sum);
    for (std::int64_t c = 0; c < classes; ++c) {
      gradient[c] = factor * (std::exp(z[c] - highest) * scale - target.at(c));
    }
  }
  return loss;
}

// l = mean(max(z, 0) - z t + log(1 + exp(-|z|))); dl/dz = (sigmoid(z) - t) / C.
double sigmoidRow(const float* logits, const RowTarget& target, float* gradient, float factor,
                  std::int64_t classes) {
  double loss = 0;
  for (std::int64_t c = 0; c < classes; ++c) {
    const double z = logits[c];
    const double t = target.at(c);
    loss += std::max(z, 0.0) - z * t + std::log1p(std::exp(-std::abs(z)));
    if (gradient != nullptr) {
      const double sigmoid = 1 / (1 + std::exp(-z));
      gradient[c] = static_cast<float>(factor * (sigmoid - t) / static_cast<double>(classes));
    }
  }
  return loss / static_cast<double>(classes);
}

// Of a label y, as Keras's sparse form: q = clip(p), l = -log(q_y / sum q);
// dl/dp = 1 / sum q - e_y / q, 0 where clipped.
double labelRow(const float* p, std::int32_t label, float* gradient, float factor,
                std::int64_t classes) {
  double sum = 0;
  double own = 0;
  for (std::int64_t c = 0; c < classes; ++c) {
    const double q = clipped(p[c]);
    sum += q;
    if (c == label) own = q;
  }
  if (gradient != nullptr) {
    for (std::int64_t c = 0; c < classes; ++c) {
      const double slope = 1 / sum - (c == label ? 1 / clipped(p[c]) : 0);
      gradient[c] = isClipped(p[c]) ? 0.0F : static_cast<float>(factor * slope);
    }
  }
  return std::log(sum) - std::log(own);
}

// Of dense targets, as Keras: u = p / sum p, l = -sum t log clip(u);
// dl/dp = (sum of the unclipped t) / sum p - t / p, without the last term where clipped.
double denseRow(const float* p, const float* target, float* gradient, float factor,
                std::int64_t classes) {
  const double sum = std::accumulate(p, p + classes, 0.0);
  double unclipped = 0;
  double loss = 0;
  for (std::int64_t c = 0; c < classes; ++c) {
    const double u = p[c] / sum;
    const double t = target[c];
    if (t != 0) loss -= t * std::log(clipped(u));
    if (!isClipped(u)) unclipped += t;
  }
  if (gradient != nullptr) {
    for (std::int64_t c = 0; c < classes; ++c) {
      const double own = isClipped(p[c] / sum) ? 0 : static_cast<double>(target[c]) / p[c];
      gradient[c] = static_cast<float>(factor * (unclipped / sum - own));
    }
  }
  return loss;
}

double categoricalRow(const float* p, const RowTarget& target, float* gradient, float factor,
                      std::int64_t classes) {
  return target.label == nullptr ? denseRow(p, target.dense, gradient, factor, classes)
                                 : labelRow(p, *target.label, gradient, factor, classes);
}

// l = -mean(t log q + (1 - t) log(1 - q)).
double binaryRow(const float* p, const RowTarget& target, float* gradient, float factor,
                 std::int64_t classes) {
  double loss = 0;
  for (std::int64_t c = 0; c < classes; ++c) {
    const double q = clipped(p[c]);
    const double t = target.at(c);
    loss -= t * std::log(q) + (1 - t) * std::log(1 - q);
    if (gradient != nullptr) {
      const double slope = ((1 - t) / (1 - q) - t / q) / static_cast<double>(classes);
      gradient[c] = isClipped(p[c]) ? 0.0F : static_cast<float>(factor * slope);
    }
  }
  return loss / static_cast<double>(classes);
}

const RegisteredLowering softmax{"softmaxCrossEntropy", [](Lowering& lowering, const Op& op) {
                                   lowerLoss(lowering, op, softmaxRow);
                                 }};
const RegisteredLowering sigmoid{"sigmoidCrossEntropy", [](Lowering& lowering, const Op& op) {
                                   lowerLoss(lowering, op, sigmoidRow);
                                 }};
const RegisteredLowering categorical{
    "categoricalCrossentropy",
    [](Lowering& lowering, const Op& op) { lowerLoss(lowering, op, categoricalRow); }};
const RegisteredLowering binary{"binaryCrossentropy", [](Lowering& lowering, const Op& op) {
                                  lowerLoss(lowering, op, binaryRow);
                                }};

}  // namespace

}  // namespace node_cudnn::onednn
