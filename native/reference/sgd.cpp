// Stochastic gradient descent with momentum, the learning rate inside the velocity as in Keras:
// v = m v - lr g, w += v; Nesterov: w += m v - lr g with the new v.
#include <cmath>
#include <vector>

#include "gradient_rule.h"
#include "kernel.h"

namespace node_cudnn::reference {

namespace {

// Inputs after the norms: weight, gradient, and with momentum a velocity, for each weight.
std::size_t stride(const Op& op) { return op.attributes.number("momentum", 0) > 0 ? 3 : 2; }

void update(const Call& call) {
  const double* norms = call.input(0).numbers();
  if (!std::isfinite(norms[0])) return;
  const double momentum = call.attributes().number("momentum", 0);
  const bool nesterov = call.attributes().boolean("nesterov", false);
  const double rate = call.state.learningRate;
  const std::size_t step = stride(call.op);
  for (std::size_t at = 1, n = 1; at < call.inputs.size(); at += step, ++n) {
    const Operand weight = call.input(at), gradient = call.input(at + 1);
    double* velocity = step == 3 ? call.input(at + 2).numbers() : nullptr;
    const GradientRule rule(call, norms[0], norms[n]);
    for (std::int64_t i = 0; i < weight.count; ++i) {
      double& w = weight.numbers()[i];
      const double g = rule.gradient(gradient.numbers()[i], w);
      double change = -rate * g;
      if (velocity != nullptr) {
        velocity[i] = momentum * velocity[i] - rate * g;
        change = nesterov ? momentum * velocity[i] - rate * g : velocity[i];
      }
      w = rule.decayedWeight(w) + change;
    }
  }
}

std::vector<std::size_t> written(const Op& op) {
  std::vector<std::size_t> positions;
  const std::size_t step = stride(op);
  for (std::size_t at = 1; at < op.inputs.size(); at += step) {
    positions.push_back(at);
    if (step == 3) positions.push_back(at + 2);
  }
  return positions;
}

const RegisteredKernel registered{
    {.type = "sgd", .work = Work::Optimizer, .compute = update, .updates = written}};

}  // namespace

}  // namespace node_cudnn::reference
