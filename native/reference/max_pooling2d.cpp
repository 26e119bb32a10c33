// Max pooling; argmax holds the winner's index in x for each output.
#include <algorithm>
#include <limits>

#include "kernel.h"
#include "window.h"

namespace node_cudnn::reference {

namespace {

void forward(const Call& call) {
  const Operand x = call.input(0), y = call.output(0), argmax = call.output(1);
  const double* in = x.numbers();
  forEachWindow(Pooling2dParameters::from(call.op), x.shape, y.shape,
                [&](const Window& window, std::int64_t n, std::int64_t c, std::int64_t index) {
                  double best = -std::numeric_limits<double>::infinity();
                  std::int64_t winner = -1;
                  for (std::int64_t h = window.top; h < window.bottom; ++h)
                    for (std::int64_t w = window.left; w < window.right; ++w) {
                      const std::int64_t i = ((n * x.axis(1) + h) * x.axis(2) + w) * x.axis(3) + c;
                      if (winner < 0 || in[i] > best || in[i] != in[i]) {
                        best = in[i];
                        winner = i;
                      }
                    }
                  y.numbers()[index] = best;
                  if (argmax.present()) argmax.positions()[index] = winner;
                });
}

void backward(const Call& call) {
  const Operand dy = call.input(0), argmax = call.input(1), dx = call.output(0);
  std::fill_n(dx.numbers(), dx.count, 0.0);
  for (std::int64_t i = 0; i < dy.count; ++i) {
    const std::int64_t winner = argmax.positions()[i];
    if (winner >= 0) dx.numbers()[winner] += dy.numbers()[i];
  }
}

const RegisteredKernel registeredForward{
    {.type = "maxPooling2d", .work = Work::Primitive, .compute = forward}};
const RegisteredKernel registeredBackward{
    {.type = "maxPooling2dBackward", .work = Work::Primitive, .compute = backward}};

}  // namespace

}  // namespace node_cudnn::reference
