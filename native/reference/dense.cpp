// Matrix product over the last axis, its input's and its weights' gradients.
#include <algorithm>

#include "kernel.h"

namespace node_cudnn::reference {

namespace {

void forward(const Call& call) {
  const Operand x = call.input(0), kernel = call.input(1), bias = call.input(2);
  const Operand y = call.output(0);
  const std::int64_t inputs = kernel.axis(0), units = kernel.axis(1);
  for (std::int64_t row = 0; row < x.count / inputs; ++row) {
    double* out = y.numbers() + row * units;
    for (std::int64_t o = 0; o < units; ++o) out[o] = bias.present() ? bias.numbers()[o] : 0;
    for (std::int64_t i = 0; i < inputs; ++i) {
      const double value = x.numbers()[row * inputs + i];
      const double* weights = kernel.numbers() + i * units;
      for (std::int64_t o = 0; o < units; ++o) out[o] += value * weights[o];
    }
  }
  if (call.attributes().text("activation", "linear") == "relu") {
    for (std::int64_t i = 0; i < y.count; ++i) y.numbers()[i] = std::max(y.numbers()[i], 0.0);
  }
}

void backwardInput(const Call& call) {
  const Operand dy = call.input(0), kernel = call.input(1), dx = call.output(0);
  const std::int64_t inputs = kernel.axis(0), units = kernel.axis(1);
  for (std::int64_t row = 0; row < dx.count / inputs; ++row) {
    const double* gradient = dy.numbers() + row * units;
    for (std::int64_t i = 0; i < inputs; ++i) {
      const double* weights = kernel.numbers() + i * units;
      double sum = 0;
      for (std::int64_t o = 0; o < units; ++o) sum += gradient[o] * weights[o];
      dx.numbers()[row * inputs + i] = sum;
    }
  }
}

void backwardWeights(const Call& call) {
  const Operand x = call.input(0), dy = call.input(1);
  const Operand dkernel = call.output(0), dbias = call.output(1);
  const std::int64_t inputs = dkernel.axis(0), units = dkernel.axis(1);
  std::fill_n(dkernel.numbers(), dkernel.count, 0.0);
  for (std::int64_t row = 0; row < x.count / inputs; ++row) {
    const double* gradient = dy.numbers() + row * units;
    for (std::int64_t i = 0; i < inputs; ++i) {
      const double value = x.numbers()[row * inputs + i];
      double* out = dkernel.numbers() + i * units;
      for (std::int64_t o = 0; o < units; ++o) out[o] += value * gradient[o];
    }
  }
  if (!dbias.present()) return;
  std::fill_n(dbias.numbers(), units, 0.0);
  for (std::int64_t i = 0; i < dy.count; ++i) dbias.numbers()[i % units] += dy.numbers()[i];
}

const RegisteredKernel registeredForward{
    {.type = "dense", .work = Work::Primitive, .compute = forward}};
const RegisteredKernel registeredBackwardInput{
    {.type = "denseBackwardInput", .work = Work::Primitive, .compute = backwardInput}};
const RegisteredKernel registeredBackwardWeights{
    {.type = "denseBackwardWeights", .work = Work::Primitive, .compute = backwardWeights}};

}  // namespace

}  // namespace node_cudnn::reference
