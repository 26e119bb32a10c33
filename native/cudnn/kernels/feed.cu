#include <type_traits>

#include "block.cuh"
#include "element.cuh"
#include "feed.h"

namespace node_cudnn::cudnn {

namespace {

// Host values of one thread, fetched in words.
template <typename From, int kWidth>
struct Fetched {
  static constexpr int kWords = kWidth * static_cast<int>(sizeof(From)) / 4;
  static constexpr int kAtOnce = kWords < 4 ? kWords : 4;
  static constexpr int kBytes = 4 * kAtOnce;  // that an address has to be aligned to
  std::uint32_t words[kWords];

  __device__ explicit Fetched(const From* from) {
    const auto* source = reinterpret_cast<const Words<kAtOnce>*>(from);
#pragma unroll
    for (int i = 0; i < kWords; i += kAtOnce) {
      const Words<kAtOnce> now = source[i / kAtOnce];
#pragma unroll
      for (int j = 0; j < kAtOnce; ++j) words[i + j] = now.at[j];
    }
  }

  __device__ From at(int i) const {
    if constexpr (sizeof(From) == 1) {
      return static_cast<From>(words[i / 4] >> (8 * (i % 4)) & 0xFFU);
    } else {
      return std::bit_cast<From>(words[i]);
    }
  }
};

template <typename From>
__device__ float rescaled(From value, const Rescaling& rescaling) {
  return static_cast<float>(value) * rescaling.scale + rescaling.offset;
}

template <typename From>
__device__ void convertOne(From from, std::int32_t& to, const Rescaling&) {
  to = static_cast<std::int32_t>(from);
}
template <typename From, typename To>
__device__ void convertOne(From from, To& to, const Rescaling& rescaling) {
  assign(to, rescaled(from, rescaling));
}

template <int kWidth, typename From>
__device__ void convertGroup(const From* from, std::int32_t* to, const Rescaling&) {
  const Fetched<From, kWidth> fetched(from);
  Words<4> words;
#pragma unroll
  for (int j = 0; j < 4; ++j) {
    words.at[j] = static_cast<std::uint32_t>(static_cast<std::int32_t>(fetched.at(j)));
  }
  *reinterpret_cast<Words<4>*>(to) = words;
}
template <int kWidth, typename From, typename To>
__device__ void convertGroup(const From* from, To* to, const Rescaling& rescaling) {
  const Fetched<From, kWidth> fetched(from);
  float values[kWidth];
#pragma unroll
  for (int j = 0; j < kWidth; ++j) values[j] = rescaled(fetched.at(j), rescaling);
  store(to, values);
}

template <typename From, typename To>
__device__ void convert(const void* source, To* to, std::int64_t count,
                        const Rescaling& rescaling) {
  constexpr int kWidth = 16 / static_cast<int>(sizeof(To));
  const auto* from = static_cast<const From*>(source);
  const auto one = [&](std::int64_t i) { convertOne(from[i], to[i], rescaling); };
  if (reinterpret_cast<std::uintptr_t>(from) % Fetched<From, kWidth>::kBytes == 0) {
    forElements<kWidth>(
        count, [&](std::int64_t i) { convertGroup<kWidth>(from + i, to + i, rescaling); }, one);
  } else {
    for (std::int64_t i = gridThread(); i < count; i += gridThreads()) one(i);
  }
}

template <typename To>
__global__ void feed(const StepParameters* parameters, int source, To* to, std::int64_t count,
                     Rescaling rescaling) {
  const FeedSource from = parameters->sources[source];
  if (from.hostType == 0) {
    convert<float>(from.data, to, count, rescaling);
  } else if (from.hostType == 1) {
    convert<std::int32_t>(from.data, to, count, rescaling);
  } else {
    convert<std::uint8_t>(from.data, to, count, rescaling);
  }
}

template <typename Element>
__global__ void rescale(const Element* from, Element* to, std::int64_t count, Rescaling rescaling) {
  constexpr int kWidth = 16 / static_cast<int>(sizeof(Element));
  forElements<kWidth>(
      count,
      [=](std::int64_t i) {
        float values[kWidth];
        load(from + i, values);
#pragma unroll
        for (float& value : values) value = rescaled(value, rescaling);
        store(to + i, values);
      },
      [=](std::int64_t i) { assign(to[i], rescaled(toFloat(from[i]), rescaling)); });
}

}  // namespace

void launchFeed(cudaStream_t stream, const StepParameters* parameters, int source, void* to,
                DataType type, std::int64_t count, const Rescaling& rescaling) {
  const unsigned blocks = blocksFor((count + 3) / 4);
  if (type == DataType::Int32) {
    feed<<<blocks, kThreads, 0, stream>>>(parameters, source, static_cast<std::int32_t*>(to), count,
                                          rescaling);
    return;
  }
  withElement(type, [&](auto element) {
    feed<<<blocks, kThreads, 0, stream>>>(parameters, source, static_cast<decltype(element)*>(to),
                                          count, rescaling);
  });
}

void launchRescaling(cudaStream_t stream, const void* from, void* to, DataType type,
                     std::int64_t count, const Rescaling& rescaling) {
  withElement(type, [&](auto element) {
    using Element = decltype(element);
    rescale<<<blocksFor((count + 3) / 4), kThreads, 0, stream>>>(
        static_cast<const Element*>(from), static_cast<Element*>(to), count, rescaling);
  });
}

}  // namespace node_cudnn::cudnn
