#include "block.cuh"
#include "core/philox.h"
#include "dropout.h"
#include "element.cuh"

namespace node_cudnn::cudnn {

namespace {

struct Key {
  std::uint64_t seed;
  std::uint64_t step;
  std::uint32_t stream;

  __device__ std::array<std::uint32_t, 4> block(std::uint64_t number) const {
    return philox(seed, stream, step, number);
  }
};

// Of the eight numbers of two blocks in a row, number kAt + shift; shift is 1, 2 or 3.
template <int kAt>
__device__ std::uint32_t shifted(const std::array<std::uint32_t, 4>& low,
                                 const std::array<std::uint32_t, 4>& high, unsigned shift) {
  constexpr auto of = [](const auto& a, const auto& b, int i) { return i < 4 ? a[i] : b[i - 4]; };
  return shift == 1   ? of(low, high, kAt + 1)
         : shift == 2 ? of(low, high, kAt + 2)
                      : of(low, high, kAt + 3);
}

// The numbers of kWidth elements in a row. Four of them share a block when the first element is a
// multiple of 4, as it is unless firstRow rows are not.
template <int kWidth>
__device__ void draw(const Key& key, std::uint64_t element, std::uint32_t (&numbers)[kWidth]) {
  const auto shift = static_cast<unsigned>(element % 4);
  std::array<std::uint32_t, 4> low = key.block(element / 4);
#pragma unroll
  for (int i = 0; i < kWidth; i += 4) {
    const bool needed = shift != 0 || i + 4 < kWidth;
    const std::array<std::uint32_t, 4> high = needed ? key.block(element / 4 + i / 4 + 1) : low;
    numbers[i] = shift == 0 ? low[0] : shifted<0>(low, high, shift);
    numbers[i + 1] = shift == 0 ? low[1] : shifted<1>(low, high, shift);
    numbers[i + 2] = shift == 0 ? low[2] : shifted<2>(low, high, shift);
    numbers[i + 3] = shift == 0 ? low[3] : shifted<3>(low, high, shift);
    low = high;
  }
}

// A dropped element is 0 even if it was not finite.
__device__ float masked(std::uint32_t number, float value, const Dropout& dropout) {
  return (number >> 8) >= dropout.threshold ? value * dropout.scale : 0.0F;
}

template <typename Element, bool kRelu>
__global__ void drop(const StepParameters* parameters, Dropout dropout, const Element* from,
                     const Element* reluOutput, Element* to, std::int64_t count) {
  constexpr int kWidth = 16 / static_cast<int>(sizeof(Element));
  const Key key{parameters->seed, parameters->step, dropout.stream};
  const std::uint64_t first = parameters->firstRow * dropout.rowElements;
  forElements<kWidth>(
      count,
      [=](std::int64_t i) {
        std::uint32_t numbers[kWidth];
        draw(key, first + static_cast<std::uint64_t>(i), numbers);
        float values[kWidth];
        float outputs[kWidth];
        load(from + i, values);
        if constexpr (kRelu) load(reluOutput + i, outputs);
#pragma unroll
        for (int j = 0; j < kWidth; ++j) {
          values[j] = masked(numbers[j], values[j], dropout);
          if constexpr (kRelu) values[j] = outputs[j] > 0 ? values[j] : 0.0F;
        }
        store(to + i, values);
      },
      [=](std::int64_t i) {
        const std::uint64_t element = first + static_cast<std::uint64_t>(i);
        const std::uint32_t number = key.block(element / 4)[element % 4];
        const bool open = !kRelu || toFloat(reluOutput[i]) > 0;
        assign(to[i], open ? masked(number, toFloat(from[i]), dropout) : 0.0F);
      });
}

}  // namespace

void launchDropout(cudaStream_t stream, const StepParameters* parameters, const Dropout& dropout,
                   const DropoutOperands& operands) {
  withElement(operands.type, [&](auto element) {
    using Element = decltype(element);
    constexpr int kWidth = 16 / static_cast<int>(sizeof(Element));
    const auto* from = static_cast<const Element*>(operands.from);
    const auto* reluOutput = static_cast<const Element*>(operands.reluOutput);
    auto* to = static_cast<Element*>(operands.to);
    const unsigned blocks = blocksFor((operands.count + kWidth - 1) / kWidth);
    if (reluOutput == nullptr) {
      drop<Element, false><<<blocks, kThreads, 0, stream>>>(parameters, dropout, from, reluOutput,
                                                            to, operands.count);
    } else {
      drop<Element, true><<<blocks, kThreads, 0, stream>>>(parameters, dropout, from, reluOutput,
                                                           to, operands.count);
    }
  });
}

}  // namespace node_cudnn::cudnn
