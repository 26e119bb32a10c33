// Elementwise activations; their derivatives are taken from the output.
#include <cmath>
#include <string>

#include "core/error.h"
#include "kernel.h"

namespace node_cudnn::reference {

namespace {

using Function = double (*)(double x, double alpha);
using Derivative = double (*)(double y, double alpha);

double softplus(double x, double) {
  return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
}

struct Activation {
  std::string_view name;
  Function value;
  Derivative derivative;  // at the output y
};

constexpr Activation kActivations[] = {
    {"relu", [](double x, double) { return x < 0 ? 0 : x; },
     [](double y, double) { return y > 0 ? 1.0 : 0.0; }},
    {"leakyRelu", [](double x, double alpha) { return x > 0 ? x : alpha * x; },
     [](double y, double alpha) { return y > 0 ? 1.0 : alpha; }},
    {"elu", [](double x, double alpha) { return x > 0 ? x : alpha * std::expm1(x); },
     [](double y, double alpha) { return y > 0 ? 1.0 : y + alpha; }},
    {"sigmoid", [](double x, double) { return 1 / (1 + std::exp(-x)); },
     [](double y, double) { return y * (1 - y); }},
    {"tanh", [](double x, double) { return std::tanh(x); },
     [](double y, double) { return 1 - y * y; }},
    {"softplus", softplus, [](double y, double) { return -std::expm1(-y); }},
    {"linear", [](double x, double) { return x; }, [](double, double) { return 1.0; }},
};

const Activation& find(const Op& op) {
  const std::string& name = op.attributes.text("function");
  for (const Activation& activation : kActivations) {
    if (activation.name == name) return activation;
  }
  throw Error(ErrorCode::Option, op.place(), "no such activation function '" + name + "'");
}

void forward(const Call& call) {
  const Activation& activation = find(call.op);
  const double alpha = call.attributes().number("alpha", 0);
  const Operand x = call.input(0), y = call.output(0);
  for (std::int64_t i = 0; i < x.count; ++i) {
    y.numbers()[i] = activation.value(x.numbers()[i], alpha);
  }
}

void backward(const Call& call) {
  const Activation& activation = find(call.op);
  const double alpha = call.attributes().number("alpha", 0);
  const Operand dy = call.input(0), y = call.input(1), dx = call.output(0);
  for (std::int64_t i = 0; i < dy.count; ++i) {
    dx.numbers()[i] = dy.numbers()[i] * activation.derivative(y.numbers()[i], alpha);
  }
}

const RegisteredKernel registeredForward{{.type = "activation", .compute = forward, .shares = {0}}};
const RegisteredKernel registeredBackward{
    {.type = "activationBackward", .compute = backward, .shares = {0, 1}}};

}  // namespace

}  // namespace node_cudnn::reference
