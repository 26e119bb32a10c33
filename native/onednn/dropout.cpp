// Dropout: the mask comes from Philox, so that the backward op and every other backend draw it
// again instead of keeping it.
#include <cmath>

#include "core/philox.h"
#include "image_layout.h"
#include "parallel.h"

namespace node_cudnn::onednn {

namespace {

struct Mask {
  std::uint64_t seed;
  std::uint64_t step;
  std::uint32_t stream;
  std::uint32_t threshold;  // the least 24-bit number that keeps an element
  float scale;
};

// to = mask from / (1 - rate) for the elements of `quads` whole Philox blocks.
void applyQuads(const float* from, float* to, std::uint64_t block, std::int64_t quads,
                const Mask& mask) {
#pragma GCC ivdep
  for (std::int64_t q = 0; q < quads; ++q) {
    const std::array<std::uint32_t, 4> bits =
        philox(mask.seed, mask.stream, mask.step, block + static_cast<std::uint64_t>(q));
    for (std::size_t lane = 0; lane < 4; ++lane) {
      const std::size_t i = static_cast<std::size_t>(q) * 4 + lane;
      to[i] = (bits[lane] >> 8) >= mask.threshold ? from[i] * mask.scale : 0.0F;
    }
  }
}

void applyOne(const float* from, float* to, std::uint64_t element, const Mask& mask) {
  const std::uint32_t bits = philox(mask.seed, mask.stream, mask.step, element / 4)[element % 4];
  *to = (bits >> 8) >= mask.threshold ? *from * mask.scale : 0.0F;
}

// Elements [begin, end) of a row-major tensor whose first has the number `first`.
void applyRun(const float* from, float* to, std::uint64_t first, std::int64_t begin,
              std::int64_t end, const Mask& mask) {
  std::int64_t i = begin;
  for (; i < end && (first + static_cast<std::uint64_t>(i)) % 4 != 0; ++i) {
    applyOne(from + i, to + i, first + static_cast<std::uint64_t>(i), mask);
  }
  const std::int64_t quads = (end - i) / 4;
  applyQuads(from + i, to + i, (first + static_cast<std::uint64_t>(i)) / 4, quads, mask);
  for (i += quads * 4; i < end; ++i) {
    applyOne(from + i, to + i, first + static_cast<std::uint64_t>(i), mask);
  }
}

void lowerDropout(Lowering& lowering, const Op& op) {
  const double rate = op.attributes.number("rate");
  const auto stream = static_cast<std::uint32_t>(op.attributes.integer("stream"));
  const Shape& shape = lowering.shape(op.inputs[0]);
  const std::int64_t count = elementCount(shape);
  const auto rowElements = static_cast<std::uint64_t>(count / shape.front());
  const auto threshold = static_cast<std::uint32_t>(std::ceil(std::ldexp(rate, 24)));
  const float scale = rate < 1 ? static_cast<float>(1 / (1 - rate)) : 0.0F;
  const BufferId x = lowering.plain(op.inputs[0]);
  const BufferId y = lowering.producePlain(op.outputs[0]);
  Command command;
  command.reads = {x};
  command.writes = {y};
  command.mayShare = {{y, x}};
  command.kernel = loopKernel({x, y}, [=](const Pointers& p, const StepState& state) {
    const Mask mask{state.seed, state.step, stream, threshold, scale};
    const float* from = p.floats(0);
    float* to = p.floats(1);
    const std::uint64_t first = state.firstRow * rowElements;
    parallelElements(count, [=](std::int64_t begin, std::int64_t end) {
      applyRun(from, to, first, begin, end, mask);
    });
  });
  lowering.emit(std::move(command));
}

const RegisteredLowering forward{"dropout", lowerDropout};
const RegisteredLowering backward{"dropoutBackward", lowerDropout};

}  // namespace

}  // namespace node_cudnn::onednn
