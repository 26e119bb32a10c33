// Nearest-neighbour upsampling by whole factors; its gradient sums each rectangle.
#include <algorithm>

#include "kernel.h"

namespace node_cudnn::reference {

namespace {

// Calls visit(index in the small image, index in the large image) for every large element.
template <typename Visit>
void forEachPixel(const Operand& small, const Operand& large, const Visit& visit) {
  const std::int64_t height = large.axis(1) / small.axis(1);
  const std::int64_t width = large.axis(2) / small.axis(2);
  for (std::int64_t i = 0; i < large.count; ++i) {
    const std::int64_t c = i % large.axis(3);
    const std::int64_t w = i / large.axis(3) % large.axis(2);
    const std::int64_t h = i / (large.axis(3) * large.axis(2)) % large.axis(1);
    const std::int64_t n = i / (large.axis(3) * large.axis(2) * large.axis(1));
    const std::int64_t row = n * small.axis(1) + h / height;
    visit((row * small.axis(2) + w / width) * small.axis(3) + c, i);
  }
}

void forward(const Call& call) {
  const Operand x = call.input(0), y = call.output(0);
  forEachPixel(x, y,
               [&](std::int64_t from, std::int64_t to) { y.numbers()[to] = x.numbers()[from]; });
}

void backward(const Call& call) {
  const Operand dy = call.input(0), dx = call.output(0);
  std::fill_n(dx.numbers(), dx.count, 0.0);
  forEachPixel(dx, dy,
               [&](std::int64_t to, std::int64_t from) { dx.numbers()[to] += dy.numbers()[from]; });
}

const RegisteredKernel registeredForward{{.type = "upSampling2d", .compute = forward}};
const RegisteredKernel registeredBackward{{.type = "upSampling2dBackward", .compute = backward}};

}  // namespace

}  // namespace node_cudnn::reference
