// Adam (Kingma, Ba 2015) with epsilon added to the uncorrected root, as in Keras:
// w -= lr sqrt(1 - b2^t) / (1 - b1^t) m / (sqrt(v) + epsilon), t from 1.
#include <cmath>
#include <vector>

#include "gradient_rule.h"
#include "kernel.h"

namespace node_cudnn::reference {

namespace {

void update(const Call& call) {
  const double* norms = call.input(0).numbers();
  if (!std::isfinite(norms[0])) return;
  const Attributes& attributes = call.attributes();
  const double beta1 = attributes.number("beta1", 0.9);
  const double beta2 = attributes.number("beta2", 0.999);
  const double epsilon = attributes.number("epsilon", 1e-7);
  const double t = static_cast<double>(call.state.step + 1);
  const double rate =
      call.state.learningRate * std::sqrt(1 - std::pow(beta2, t)) / (1 - std::pow(beta1, t));
  for (std::size_t at = 1, n = 1; at + 3 < call.inputs.size(); at += 4, ++n) {
    const Operand weight = call.input(at), gradient = call.input(at + 1);
    double* m = call.input(at + 2).numbers();
    double* v = call.input(at + 3).numbers();
    const GradientRule rule(call, norms[0], norms[n]);
    for (std::int64_t i = 0; i < weight.count; ++i) {
      double& w = weight.numbers()[i];
      const double g = rule.gradient(gradient.numbers()[i], w);
      m[i] += (g - m[i]) * (1 - beta1);
      v[i] += (g * g - v[i]) * (1 - beta2);
      w = rule.decayedWeight(w) - rate * m[i] / (std::sqrt(v[i]) + epsilon);
    }
  }
}

// Weight, m and v of each group of weight, gradient, m, v.
std::vector<std::size_t> written(const Op& op) {
  std::vector<std::size_t> positions;
  for (std::size_t at = 1; at + 3 < op.inputs.size(); at += 4) {
    positions.insert(positions.end(), {at, at + 2, at + 3});
  }
  return positions;
}

const RegisteredKernel registered{
    {.type = "adam", .work = Work::Optimizer, .compute = update, .updates = written}};

}  // namespace

}  // namespace node_cudnn::reference
