// Batch normalization over all axes but the last, with biased variance.
#include <algorithm>
#include <cmath>
#include <vector>

#include "kernel.h"

namespace node_cudnn::reference {

namespace {

struct Statistics {
  std::vector<double> mean, variance;
};

// Single precision subtracts a mean that was rounded, which counts where the values differ by less
// than the mean's last digits.
Statistics batchStatistics(const Call& call, const Operand& x) {
  const std::int64_t channels = x.lastAxis();
  const double rows = static_cast<double>(x.count / channels);
  Statistics s{std::vector<double>(static_cast<std::size_t>(channels)),
               std::vector<double>(static_cast<std::size_t>(channels))};
  for (std::int64_t i = 0; i < x.count; ++i) {
    s.mean[static_cast<std::size_t>(i % channels)] += x.numbers()[i] / rows;
  }
  for (double& mean : s.mean) mean = call.kept(mean, x.count / channels);
  for (std::int64_t i = 0; i < x.count; ++i) {
    const auto c = static_cast<std::size_t>(i % channels);
    const double difference = x.numbers()[i] - s.mean[c];
    s.variance[c] += difference * difference / rows;
  }
  for (double& variance : s.variance) variance = call.kept(variance, x.count / channels);
  return s;
}

Statistics given(const Operand& mean, const Operand& variance) {
  return {{mean.numbers(), mean.numbers() + mean.count},
          {variance.numbers(), variance.numbers() + variance.count}};
}

void forward(const Call& call) {
  const Operand x = call.input(0), gamma = call.input(1), beta = call.input(2);
  const Operand y = call.output(0), mean = call.output(1), variance = call.output(2);
  const double epsilon = call.attributes().number("epsilon");
  const Statistics s = call.attributes().boolean("training") ? batchStatistics(call, x)
                                                             : given(call.input(3), call.input(4));
  const std::int64_t channels = x.lastAxis();
  for (std::int64_t i = 0; i < x.count; ++i) {
    const std::int64_t c = i % channels;
    const auto at = static_cast<std::size_t>(c);
    const double normal = (x.numbers()[i] - s.mean[at]) / std::sqrt(s.variance[at] + epsilon);
    y.numbers()[i] = (gamma.present() ? gamma.numbers()[c] : 1) * normal +
                     (beta.present() ? beta.numbers()[c] : 0);
  }
  if (mean.present()) std::copy(s.mean.begin(), s.mean.end(), mean.numbers());
  if (variance.present()) std::copy(s.variance.begin(), s.variance.end(), variance.numbers());
}

// With r = 1 / sqrt(variance + epsilon) and the normalized z:
// dx = gamma r (dy - mean(dy) - z mean(dy z)); without the means when statistics are constants.
void backward(const Call& call) {
  const Operand x = call.input(0), dy = call.input(1), gamma = call.input(2);
  const Operand mean = call.input(3), variance = call.input(4);
  const Operand dx = call.output(0), dgamma = call.output(1), dbeta = call.output(2);
  const double epsilon = call.attributes().number("epsilon");
  const bool training = call.attributes().boolean("training");
  const std::int64_t channels = x.lastAxis();
  const double rows = static_cast<double>(x.count / channels);
  for (std::int64_t c = 0; c < channels; ++c) {
    const double center = mean.numbers()[c];
    const double r = 1 / std::sqrt(variance.numbers()[c] + epsilon);
    double sum = 0, product = 0;
    for (std::int64_t i = c; i < x.count; i += channels) {
      sum += dy.numbers()[i];
      product += dy.numbers()[i] * (x.numbers()[i] - center) * r;
    }
    sum = call.kept(sum, x.count / channels);
    product = call.kept(product, x.count / channels);
    if (dgamma.present()) dgamma.numbers()[c] = product;
    if (dbeta.present()) dbeta.numbers()[c] = sum;
    if (!dx.present()) continue;
    const double factor = (gamma.present() ? gamma.numbers()[c] : 1) * r;
    for (std::int64_t i = c; i < x.count; i += channels) {
      const double normal = (x.numbers()[i] - center) * r;
      const double through = training ? sum / rows + normal * product / rows : 0;
      dx.numbers()[i] = factor * (dy.numbers()[i] - through);
    }
  }
}

const RegisteredKernel registeredForward{
    {.type = "batchNormalization", .work = Work::Primitive, .compute = forward}};
const RegisteredKernel registeredBackward{
    {.type = "batchNormalizationBackward", .work = Work::Primitive, .compute = backward}};

}  // namespace

}  // namespace node_cudnn::reference
