// y_c = x_c / d_c^beta with d_c = bias + alpha sum of x^2 over the channels within depthRadius
// of c; the workspace keeps d as doubles.
#include <algorithm>
#include <cmath>

#include "kernel.h"

namespace node_cudnn::reference {

namespace {

struct Parameters {
  std::int64_t radius;
  double bias, alpha, beta;

  static Parameters from(const Attributes& attributes) {
    return {attributes.integer("depthRadius"), attributes.number("bias"),
            attributes.number("alpha"), attributes.number("beta")};
  }
};

void forward(const Call& call) {
  const auto p = Parameters::from(call.attributes());
  const Operand x = call.input(0), y = call.output(0), workspace = call.output(1);
  const std::int64_t channels = x.lastAxis();
  for (std::int64_t i = 0; i < x.count; ++i) {
    const std::int64_t pixel = i - i % channels, c = i % channels;
    const std::int64_t end = std::min(c + p.radius + 1, channels);
    double squares = 0;
    for (std::int64_t j = std::max<std::int64_t>(c - p.radius, 0); j < end; ++j) {
      squares += x.numbers()[pixel + j] * x.numbers()[pixel + j];
    }
    const double denominator = p.bias + p.alpha * squares;
    y.numbers()[i] = x.numbers()[i] * std::pow(denominator, -p.beta);
    if (workspace.present()) workspace.numbers()[i] = denominator;
  }
}

// dx_i = dy_i d_i^-beta - 2 alpha beta x_i sum over j near i of dy_j y_j / d_j.
void backward(const Call& call) {
  const auto p = Parameters::from(call.attributes());
  const Operand x = call.input(0), y = call.input(1), dy = call.input(2), d = call.input(3);
  const Operand dx = call.output(0);
  const std::int64_t channels = x.lastAxis();
  for (std::int64_t i = 0; i < x.count; ++i) {
    const std::int64_t pixel = i - i % channels, c = i % channels;
    const std::int64_t end = std::min(c + p.radius + 1, channels);
    double sum = 0;
    for (std::int64_t j = std::max<std::int64_t>(c - p.radius, 0); j < end; ++j) {
      sum += dy.numbers()[pixel + j] * y.numbers()[pixel + j] / d.numbers()[pixel + j];
    }
    dx.numbers()[i] = dy.numbers()[i] * std::pow(d.numbers()[i], -p.beta) -
                      2 * p.alpha * p.beta * x.numbers()[i] * sum;
  }
}

const RegisteredKernel registeredForward{
    {.type = "localResponseNormalization", .work = Work::Primitive, .compute = forward}};
const RegisteredKernel registeredBackward{
    {.type = "localResponseNormalizationBackward", .work = Work::Primitive, .compute = backward}};

}  // namespace

}  // namespace node_cudnn::reference
