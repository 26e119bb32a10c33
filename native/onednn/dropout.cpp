// Dropout: the mask comes from Philox, so that the backward op and every other backend draw it
// again instead of keeping it.
#include <bit>
#include <cmath>

#include "core/philox.h"
#include "image_layout.h"
#include "parallel.h"
#include "philox_blocks.h"

namespace node_cudnn::onednn {

namespace {

struct Mask {
  PhiloxKey key;
  std::uint32_t threshold;  // the least 24-bit number that keeps an element
  float scale;
  InstructionSet set;

  // A dropped element is 0 even if it was not finite.
  static float apply(std::uint32_t bits, float x, std::uint32_t threshold, float scale) {
    const float scaled = x * scale;
    return (bits >> 8) >= threshold ? scaled : 0.0F;
  }
};

// Which Philox blocks mask a stretch of memory: four elements at a time, `run` blocks in a row,
// then `stride` blocks on from the start of that row. `run` is a power of 2.
struct BlockPattern {
  std::uint64_t first;
  std::uint64_t run;
  std::uint64_t stride;
};

// `quads`: groups of four elements.
void applyQuads(const float* from, float* to, const BlockPattern& pattern, std::int64_t quads,
                const Mask& mask) {
  const auto shift = static_cast<std::uint64_t>(std::countr_zero(pattern.run));
  std::uint64_t blocks[kPhiloxBlocks];
  std::uint32_t numbers[4 * kPhiloxBlocks];
  for (std::int64_t q = 0; q < quads; q += kPhiloxBlocks) {
    for (std::int64_t i = 0; i < kPhiloxBlocks; ++i) {
      const auto at = static_cast<std::uint64_t>(q + i);
      blocks[i] = pattern.first + (at >> shift) * pattern.stride + (at & (pattern.run - 1));
    }
    philoxBlocks(mask.set, mask.key, blocks, numbers);
    const std::int64_t count = 4 * std::min(kPhiloxBlocks, quads - q);
    const std::uint32_t threshold = mask.threshold;
    const float scale = mask.scale;
    const float* source = from + 4 * q;
    float* target = to + 4 * q;
#pragma GCC ivdep
    for (std::int64_t i = 0; i < count; ++i) {
      target[i] = Mask::apply(numbers[i], source[i], threshold, scale);
    }
  }
}

void applyOne(const float* from, float* to, std::uint64_t element, const Mask& mask) {
  const PhiloxKey& key = mask.key;
  const std::uint32_t bits = philox(key.seed, key.stream, key.step, element / 4)[element % 4];
  *to = Mask::apply(bits, *from, mask.threshold, mask.scale);
}

// Elements [begin, end) of a row-major tensor whose first has the number `first`.
void applyRows(const float* from, float* to, std::uint64_t first, std::int64_t begin,
               std::int64_t end, const Mask& mask) {
  const auto number = [first](std::int64_t i) { return first + static_cast<std::uint64_t>(i); };
  std::int64_t i = begin;
  for (; i < end && number(i) % 4 != 0; ++i) applyOne(from + i, to + i, number(i), mask);
  const std::int64_t quads = (end - i) / 4;
  applyQuads(from + i, to + i, {number(i) / 4, 1, 1}, quads, mask);
  for (i += quads * 4; i < end; ++i) applyOne(from + i, to + i, number(i), mask);
}

// An image blocked by channels, in oneDNN's order: n, block of channels, position, channel.
struct BlockedImage {
  std::int64_t channels;
  std::int64_t positions;
  std::int64_t block;

  std::int64_t blocksPerImage() const { return (channels + block - 1) / block; }

  // Whether four neighbours in memory share one Philox block.
  static bool fits(const Shape& shape, std::int64_t block) {
    return block > 0 && block % 4 == 0 && shape.back() % 4 == 0;
  }
};

// Planes [begin, end), each the positions of one block of channels.
void applyPlanes(const float* from, float* to, const BlockedImage& image, std::uint64_t first,
                 std::int64_t begin, std::int64_t end, const Mask& mask) {
  const std::int64_t size = image.positions * image.block;
  for (std::int64_t plane = begin; plane < end; ++plane) {
    const std::int64_t n = plane / image.blocksPerImage();
    const std::int64_t channel = plane % image.blocksPerImage() * image.block;
    const auto element = static_cast<std::uint64_t>(n * image.positions * image.channels + channel);
    const BlockPattern pattern{(first + element) / 4, static_cast<std::uint64_t>(image.block / 4),
                               static_cast<std::uint64_t>(image.channels / 4)};
    applyQuads(from + plane * size, to + plane * size, pattern, size / 4, mask);
  }
}

void lowerDropout(Lowering& lowering, const Op& op) {
  const double rate = op.attributes.number("rate");
  const auto stream = static_cast<std::uint32_t>(op.attributes.integer("stream"));
  const Shape& shape = lowering.shape(op.inputs[0]);
  const std::int64_t block = channelBlock(lowering.layoutOf(op.inputs[0]));
  const bool blocked = BlockedImage::fits(shape, block);
  const BufferId x = blocked ? lowering.own(op.inputs[0]) : lowering.plain(op.inputs[0]);
  const BufferId y = blocked ? lowering.produce(op.outputs[0], lowering.layoutOf(op.inputs[0]))
                             : lowering.producePlain(op.outputs[0]);
  const std::int64_t count = elementCount(shape);
  const auto rowElements = static_cast<std::uint64_t>(count / shape.front());
  const BlockedImage image =
      blocked ? BlockedImage{shape[3], shape[1] * shape[2], block} : BlockedImage{};
  const std::int64_t planes = blocked ? shape[0] * image.blocksPerImage() : 0;
  const auto threshold = static_cast<std::uint32_t>(std::ceil(std::ldexp(rate, 24)));
  const float scale = rate < 1 ? static_cast<float>(1 / (1 - rate)) : 0.0F;
  Command command;
  command.reads = {x};
  command.writes = {y};
  command.mayShare = {{y, x}};
  command.kernel = loopKernel({x, y}, [=](const Pointers& p, const StepState& state) {
    const Mask mask{{state.seed, state.step, stream}, threshold, scale, instructionSet()};
    const float* from = p.floats(0);
    float* to = p.floats(1);
    const std::uint64_t first = state.firstRow * rowElements;
    if (blocked) {
      parallelChunks(planes, 1, [=](std::int64_t begin, std::int64_t end) {
        applyPlanes(from, to, image, first, begin, end, mask);
      });
    } else {
      parallelElements(count, [=](std::int64_t begin, std::int64_t end) {
        applyRows(from, to, first, begin, end, mask);
      });
    }
  });
  lowering.emit(std::move(command));
}

const RegisteredLowering forward{"dropout", lowerDropout};
const RegisteredLowering backward{"dropoutBackward", lowerDropout};

}  // namespace

}  // namespace node_cudnn::onednn
