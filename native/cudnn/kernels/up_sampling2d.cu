#include "block.cuh"
#include "unit.cuh"
#include "up_sampling2d.h"

namespace node_cudnn::cudnn {

namespace {

// shape.channels is in units.
template <typename Unit, typename Counter>
__global__ void repeat(const __grid_constant__ UpSampling shape, const Unit* small, Unit* large,
                       std::int64_t units) {
  const auto channels = static_cast<Counter>(shape.channels);
  const auto width = static_cast<Counter>(shape.width * shape.columns);
  const auto height = static_cast<Counter>(shape.height * shape.rows);
  for (auto i = static_cast<Counter>(gridThread()); i < static_cast<Counter>(units);
       i += static_cast<Counter>(gridThreads())) {
    const Counter pixel = i / channels;
    const Counter column = pixel % width / static_cast<Counter>(shape.columns);
    const Counter row = pixel / width % height / static_cast<Counter>(shape.rows);
    const auto image = static_cast<std::int64_t>(pixel / width / height);
    large[i] = small[((image * shape.height + row) * shape.width + column) * shape.channels +
                     i % channels];
  }
}

// kCount channels of a pixel; 1 where they are not a multiple of 4.
template <int kCount, typename Element>
__device__ void loadChannels(const Element* from, float (&values)[kCount]) {
  if constexpr (kCount == 1) {
    values[0] = toFloat(*from);
  } else {
    load(from, values);
  }
}

template <int kCount, typename Element>
__device__ void storeChannels(Element* to, const float (&values)[kCount]) {
  if constexpr (kCount == 1) {
    assign(*to, values[0]);
  } else {
    store(to, values);
  }
}

template <int kCount, typename Element>
__global__ void sumCopies(const __grid_constant__ UpSampling shape, const Element* large,
                          Element* small, std::int64_t groups) {
  const std::int64_t perPixel = shape.channels / kCount;
  const std::int64_t step = shape.width * shape.columns * shape.channels;  // of a row of `large`
  for (std::int64_t i = gridThread(); i < groups; i += gridThreads()) {
    const std::int64_t pixel = i / perPixel;
    const std::int64_t column = pixel % shape.width;
    const std::int64_t row = pixel / shape.width;  // of all images
    const Element* first = large + row * shape.rows * step +
                           column * shape.columns * shape.channels + i % perPixel * kCount;
    float sums[kCount] = {};
    for (std::int64_t y = 0; y < shape.rows; ++y) {
      for (std::int64_t x = 0; x < shape.columns; ++x) {
        float values[kCount];
        loadChannels(first + y * step + x * shape.channels, values);
#pragma unroll
        for (int j = 0; j < kCount; ++j) sums[j] += values[j];
      }
    }
    storeChannels(small + i * kCount, sums);
  }
}

template <int kCount>
void launchSums(cudaStream_t stream, const UpSampling& shape, DataType type, const void* large,
                void* small) {
  const std::int64_t groups = shape.images * shape.height * shape.width * shape.channels / kCount;
  withElement(type, [&](auto element) {
    using Element = decltype(element);
    sumCopies<kCount><<<blocksFor(groups), kThreads, 0, stream>>>(
        shape, static_cast<const Element*>(large), static_cast<Element*>(small), groups);
  });
}

}  // namespace

void launchUpSampling(cudaStream_t stream, const UpSampling& shape, DataType type,
                      const void* small, void* large) {
  const std::int64_t bytes = shape.channels * static_cast<std::int64_t>(bytesOf(type));
  UnitSize unit;
  unit.add(small);
  unit.add(large);
  unit.add(bytes);
  UpSampling inUnits = shape;
  inUnits.channels = bytes / unit.bytes();
  const std::int64_t units =
      shape.images * shape.height * shape.rows * shape.width * shape.columns * inUnits.channels;
  withUnit(unit.bytes(), [&](auto u) {
    withCounter(units, [&](auto counter) {
      using Unit = decltype(u);
      repeat<Unit, decltype(counter)><<<blocksFor(units), kThreads, 0, stream>>>(
          inUnits, static_cast<const Unit*>(small), static_cast<Unit*>(large), units);
    });
  });
}

void launchUpSamplingBackward(cudaStream_t stream, const UpSampling& shape, DataType type,
                              const void* large, void* small) {
  if (shape.channels % 8 == 0) return launchSums<8>(stream, shape, type, large, small);
  if (shape.channels % 4 == 0) return launchSums<4>(stream, shape, type, large, small);
  launchSums<1>(stream, shape, type, large, small);
}

}  // namespace node_cudnn::cudnn
