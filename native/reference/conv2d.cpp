// 2-D convolution with groups, its input's and its weights' gradients.
#include "core/ops/conv2d.h"

#include <algorithm>

#include "kernel.h"

namespace node_cudnn::reference {

namespace {

// Calls visit(x index, kernel index, y index, length) for every input value, kernel tap and
// output position that meet; the kernel's and y's next `length` values belong to the same group.
template <typename Visit>
void forEachProduct(const Conv2dParameters& p, const Shape& x, const Shape& kernel, const Shape& y,
                    Visit visit) {
  const std::int64_t groupInputs = kernel[2];
  const std::int64_t groupOutputs = kernel[3] / p.groups;
  for (std::int64_t n = 0; n < y[0]; ++n)
    for (std::int64_t oh = 0; oh < y[1]; ++oh)
      for (std::int64_t ow = 0; ow < y[2]; ++ow)
        for (std::int64_t ky = 0; ky < kernel[0]; ++ky) {
          const std::int64_t h = oh * p.strides[0] + ky * p.dilations[0] - p.padding.top;
          if (h < 0 || h >= x[1]) continue;
          for (std::int64_t kx = 0; kx < kernel[1]; ++kx) {
            const std::int64_t w = ow * p.strides[1] + kx * p.dilations[1] - p.padding.left;
            if (w < 0 || w >= x[2]) continue;
            const std::int64_t pixel = ((n * x[1] + h) * x[2] + w) * x[3];
            const std::int64_t tap = (ky * kernel[1] + kx) * groupInputs * kernel[3];
            const std::int64_t position = ((n * y[1] + oh) * y[2] + ow) * y[3];
            for (std::int64_t c = 0; c < x[3]; ++c) {
              const std::int64_t first = c / groupInputs * groupOutputs;
              visit(pixel + c, tap + c % groupInputs * kernel[3] + first, position + first,
                    groupOutputs);
            }
          }
        }
}

void forward(const Call& call) {
  const auto p = Conv2dParameters::from(call.op);
  const Operand x = call.input(0), kernel = call.input(1), bias = call.input(2);
  const Operand y = call.output(0);
  double* out = y.numbers();
  for (std::int64_t i = 0; i < y.count; ++i) {
    out[i] = bias.present() ? bias.numbers()[i % bias.count] : 0;
  }
  forEachProduct(p, x.shape, kernel.shape, y.shape,
                 [&](std::int64_t xi, std::int64_t ki, std::int64_t yi, std::int64_t length) {
                   const double value = x.numbers()[xi];
                   const double* row = kernel.numbers() + ki;
                   for (std::int64_t k = 0; k < length; ++k) out[yi + k] += value * row[k];
                 });
  if (p.activation == "relu") {
    for (std::int64_t i = 0; i < y.count; ++i) out[i] = out[i] < 0 ? 0 : out[i];
  }
}

void backwardInput(const Call& call) {
  const auto p = Conv2dParameters::from(call.op);
  const Operand dy = call.input(0), kernel = call.input(1), dx = call.output(0);
  std::fill_n(dx.numbers(), dx.count, 0.0);
  forEachProduct(p, dx.shape, kernel.shape, dy.shape,
                 [&](std::int64_t xi, std::int64_t ki, std::int64_t yi, std::int64_t length) {
                   const double* row = kernel.numbers() + ki;
                   const double* gradient = dy.numbers() + yi;
                   double sum = 0;
                   for (std::int64_t k = 0; k < length; ++k) sum += row[k] * gradient[k];
                   dx.numbers()[xi] += sum;
                 });
}

void backwardWeights(const Call& call) {
  const auto p = Conv2dParameters::from(call.op);
  const Operand x = call.input(0), dy = call.input(1);
  const Operand dkernel = call.output(0), dbias = call.output(1);
  std::fill_n(dkernel.numbers(), dkernel.count, 0.0);
  forEachProduct(p, x.shape, dkernel.shape, dy.shape,
                 [&](std::int64_t xi, std::int64_t ki, std::int64_t yi, std::int64_t length) {
                   const double value = x.numbers()[xi];
                   const double* gradient = dy.numbers() + yi;
                   double* row = dkernel.numbers() + ki;
                   for (std::int64_t k = 0; k < length; ++k) row[k] += value * gradient[k];
                 });
  if (!dbias.present()) return;
  std::fill_n(dbias.numbers(), dbias.count, 0.0);
  for (std::int64_t i = 0; i < dy.count; ++i) dbias.numbers()[i % dbias.count] += dy.numbers()[i];
}

const RegisteredKernel registeredForward{
    {.type = "conv2d", .work = Work::Primitive, .compute = forward}};
const RegisteredKernel registeredBackwardInput{
    {.type = "conv2dBackwardInput", .work = Work::Primitive, .compute = backwardInput}};
const RegisteredKernel registeredBackwardWeights{
    {.type = "conv2dBackwardWeights", .work = Work::Primitive, .compute = backwardWeights}};

}  // namespace

}  // namespace node_cudnn::reference
