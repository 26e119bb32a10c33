#include <cmath>

#include "cross_entropy.h"
#include "rows.cuh"

namespace node_cudnn::cudnn {

namespace {

constexpr double kEpsilon = 1e-7;

// A NaN stays one.
__device__ double clipped(double p) {
  return p < kEpsilon ? kEpsilon : (p > 1 - kEpsilon ? 1 - kEpsilon : p);
}
__device__ bool isClipped(double p) { return p < kEpsilon || p > 1 - kEpsilon; }

// l = -sum t log softmax(z); dl/dz = softmax(z) sum t - t.
struct SoftmaxCrossEntropy {
  template <typename Team, typename Element>
  __device__ double operator()(const Row<Element>& row) const {
    const auto logit = [&](std::int64_t c) { return row.prediction(c); };
    const float highest = highestOf<Team>(row.classes, logit).value;
    double sum = 0;
    double targets = 0;
    forClasses<Team>(row.classes, [&](std::int64_t c) {
      sum += expf(logit(c) - highest);
      targets += row.target(c);
    });
    sum = Team::sum(sum);
    targets = row.label == nullptr ? Team::sum(targets) : 1.0;
    const double logSum = log(sum);
    double loss = 0;
    const double share = targets / sum;
    forClasses<Team>(row.classes, [&](std::int64_t c) {
      const float z = logit(c);
      const float t = row.target(c);
      // 0 log 0 is 0.
      if (t != 0) loss -= t * (static_cast<double>(z) - highest - logSum);
      if (row.gradient != nullptr) row.setGradient(c, expf(z - highest) * share - t);
    });
    return isnan(sum) ? sum : Team::sum(loss);
  }
};

// l = mean(max(z, 0) - z t + log(1 + exp(-|z|))); dl/dz = (sigmoid(z) - t) / C.
struct SigmoidCrossEntropy {
  template <typename Team, typename Element>
  __device__ double operator()(const Row<Element>& row) const {
    const double share = 1.0 / static_cast<double>(row.classes);
    double loss = 0;
    forClasses<Team>(row.classes, [&](std::int64_t c) {
      const double z = row.prediction(c);
      const double t = row.target(c);
      const double small = exp(-fabs(z));
      loss += (z > 0 ? z : 0.0) - z * t + log1p(small);
      const double sigmoid = (z < 0 ? small : 1.0) / (1 + small);
      if (row.gradient != nullptr) row.setGradient(c, (sigmoid - t) * share);
    });
    return Team::sum(loss) * share;
  }
};

// Of a label y, as Keras's sparse form: q = clip(p), l = -log(q_y / sum q);
// dl/dp = 1 / sum q - e_y / q, 0 where clipped.
template <typename Team, typename Element>
__device__ double labelCrossentropy(const Row<Element>& row) {
  double sum = 0;
  forClasses<Team>(row.classes, [&](std::int64_t c) { sum += clipped(row.prediction(c)); });
  sum = Team::sum(sum);
  if (row.gradient != nullptr) {
    forClasses<Team>(row.classes, [&](std::int64_t c) {
      const double p = row.prediction(c);
      const double slope = 1 / sum - (c == *row.label ? 1 / p : 0.0);
      row.setGradient(c, isClipped(p) ? 0.0 : slope);
    });
  }
  return log(sum) - log(clipped(row.prediction(*row.label)));
}

// Of dense targets, as Keras: u = p / sum p, l = -sum t log clip(u);
// dl/dp = (sum of the unclipped t) / sum p - t / p, without the last term where clipped.
template <typename Team, typename Element>
__device__ double denseCrossentropy(const Row<Element>& row) {
  double sum = 0;
  forClasses<Team>(row.classes, [&](std::int64_t c) { sum += row.prediction(c); });
  sum = Team::sum(sum);
  double unclipped = 0;
  double loss = 0;
  forClasses<Team>(row.classes, [&](std::int64_t c) {
    const double u = row.prediction(c) / sum;
    const double t = row.target(c);
    if (t != 0) loss -= t * log(clipped(u));
    if (!isClipped(u)) unclipped += t;
  });
  if (row.gradient != nullptr) {
    unclipped = Team::sum(unclipped);
    forClasses<Team>(row.classes, [&](std::int64_t c) {
      const double p = row.prediction(c);
      const double own = isClipped(p / sum) ? 0.0 : row.target(c) / p;
      row.setGradient(c, unclipped / sum - own);
    });
  }
  return Team::sum(loss);
}

struct CategoricalCrossentropy {
  template <typename Team, typename Element>
  __device__ double operator()(const Row<Element>& row) const {
    return row.label == nullptr ? denseCrossentropy<Team>(row) : labelCrossentropy<Team>(row);
  }
};

// l = -mean(t log q + (1 - t) log(1 - q)), q = clip(p).
struct BinaryCrossentropy {
  template <typename Team, typename Element>
  __device__ double operator()(const Row<Element>& row) const {
    const double share = 1.0 / static_cast<double>(row.classes);
    double loss = 0;
    forClasses<Team>(row.classes, [&](std::int64_t c) {
      const double p = row.prediction(c);
      const double q = clipped(p);
      const double t = row.target(c);
      loss -= t * log(q) + (1 - t) * log(1 - q);
      if (row.gradient == nullptr) return;
      const double slope = (1 - t) / (1 - q) - t / q;
      row.setGradient(c, isClipped(p) ? 0.0 : slope * share);
    });
    return Team::sum(loss) * share;
  }
};

}  // namespace

void launchSoftmaxCrossEntropy(cudaStream_t stream, const RowShape& shape,
                               const LossOperands& operands) {
  launchLoss(stream, shape, operands, SoftmaxCrossEntropy{});
}

void launchSigmoidCrossEntropy(cudaStream_t stream, const RowShape& shape,
                               const LossOperands& operands) {
  launchLoss(stream, shape, operands, SigmoidCrossEntropy{});
}

void launchCategoricalCrossentropy(cudaStream_t stream, const RowShape& shape,
                                   const LossOperands& operands) {
  launchLoss(stream, shape, operands, CategoricalCrossentropy{});
}

void launchBinaryCrossentropy(cudaStream_t stream, const RowShape& shape,
                              const LossOperands& operands) {
  launchLoss(stream, shape, operands, BinaryCrossentropy{});
}

}  // namespace node_cudnn::cudnn
