// Average pooling over the cells of a window that are not padding.
#include <algorithm>

#include "kernel.h"
#include "window.h"

namespace node_cudnn::reference {

namespace {

void forward(const Call& call) {
  const Operand x = call.input(0), y = call.output(0);
  forEachWindow(Pooling2dParameters::from(call.op), x.shape, y.shape,
                [&](const Window& window, std::int64_t n, std::int64_t c, std::int64_t index) {
                  double sum = 0;
                  for (std::int64_t h = window.top; h < window.bottom; ++h)
                    for (std::int64_t w = window.left; w < window.right; ++w)
                      sum += x.numbers()[((n * x.axis(1) + h) * x.axis(2) + w) * x.axis(3) + c];
                  const std::int64_t cells = window.cells();
                  y.numbers()[index] = cells == 0 ? 0 : sum / static_cast<double>(cells);
                });
}

void backward(const Call& call) {
  const Operand dy = call.input(0), dx = call.output(0);
  std::fill_n(dx.numbers(), dx.count, 0.0);
  forEachWindow(Pooling2dParameters::from(call.op), dx.shape, dy.shape,
                [&](const Window& window, std::int64_t n, std::int64_t c, std::int64_t index) {
                  const double share = dy.numbers()[index] / static_cast<double>(window.cells());
                  for (std::int64_t h = window.top; h < window.bottom; ++h)
                    for (std::int64_t w = window.left; w < window.right; ++w)
                      dx.numbers()[((n * dx.axis(1) + h) * dx.axis(2) + w) * dx.axis(3) + c] +=
                          share;
                });
}

const RegisteredKernel registeredForward{
    {.type = "averagePooling2d", .work = Work::Primitive, .compute = forward}};
const RegisteredKernel registeredBackward{
    {.type = "averagePooling2dBackward", .work = Work::Primitive, .compute = backward}};

}  // namespace

}  // namespace node_cudnn::reference
