// A kernel and a bias that hold the batch normalization behind them.
#include <cmath>

#include "kernel.h"

namespace node_cudnn::reference {

namespace {

void fold(const Call& call) {
  const Operand kernel = call.input(0), bias = call.input(1), gamma = call.input(2);
  const Operand beta = call.input(3), mean = call.input(4), variance = call.input(5);
  const auto valueOf = [](const Operand& operand, std::int64_t c, double otherwise) {
    return operand.present() ? operand.numbers()[c] : otherwise;
  };
  const double epsilon = call.attributes().number("epsilon");
  const auto scaleOf = [&](std::int64_t c) {
    return valueOf(gamma, c, 1) / std::sqrt(variance.numbers()[c] + epsilon);
  };
  const std::int64_t channels = kernel.lastAxis();
  for (std::int64_t i = 0; i < kernel.count; ++i) {
    call.output(0).numbers()[i] = kernel.numbers()[i] * scaleOf(i % channels);
  }
  for (std::int64_t c = 0; c < channels; ++c) {
    const double centered = valueOf(bias, c, 0) - mean.numbers()[c];
    call.output(1).numbers()[c] = centered * scaleOf(c) + valueOf(beta, c, 0);
  }
}

const RegisteredKernel registered{{.type = "foldBatchNormalization", .compute = fold}};

}  // namespace

}  // namespace node_cudnn::reference
