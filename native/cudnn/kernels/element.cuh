// Elements in memory as floats in registers, 16 bytes at a time where the element type allows it.
#pragma once

#include <bit>
#include <cstdint>

#include "../data_type.h"

namespace node_cudnn::cudnn {

struct BFloat16 {
  std::uint16_t bits;
};

__host__ __device__ inline float toFloat(float value) { return value; }
__host__ __device__ inline float toFloat(BFloat16 value) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(value.bits) << 16);
}

// Rounds to nearest, ties to even; a NaN stays one.
__host__ __device__ inline std::uint32_t bfloat16Bits(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const bool isNan = (bits & 0x7FFFFFFFU) > 0x7F800000U;
  const std::uint32_t rounded = (bits + 0x7FFFU + ((bits >> 16) & 1U)) >> 16;
  return isNan ? (bits >> 16) | 0x40U : rounded;
}

__host__ __device__ inline void assign(float& to, float value) { to = value; }
__host__ __device__ inline void assign(BFloat16& to, float value) {
  to.bits = static_cast<std::uint16_t>(bfloat16Bits(value));
}

template <int kCount>
struct alignas(4 * kCount) Words {
  std::uint32_t at[kCount];
};

// Loads and stores of kCount elements, 4 or a multiple of 8, at an address that is aligned to their
// size or to 16 bytes.
template <int kCount>
__device__ inline void load(const float* from, float (&values)[kCount]) {
#pragma unroll
  for (int i = 0; i < kCount; i += 4) {
    const auto words = *reinterpret_cast<const Words<4>*>(from + i);
#pragma unroll
    for (int j = 0; j < 4; ++j) values[i + j] = std::bit_cast<float>(words.at[j]);
  }
}

template <int kCount>
__device__ inline void load(const BFloat16* from, float (&values)[kCount]) {
  constexpr int kWords = kCount == 4 ? 2 : 4;
#pragma unroll
  for (int i = 0; i < kCount; i += 2 * kWords) {
    const auto words = *reinterpret_cast<const Words<kWords>*>(from + i);
#pragma unroll
    for (int j = 0; j < kWords; ++j) {
      values[i + 2 * j] = std::bit_cast<float>(words.at[j] << 16);
      values[i + 2 * j + 1] = std::bit_cast<float>(words.at[j] & 0xFFFF0000U);
    }
  }
}

template <int kCount>
__device__ inline void store(float* to, const float (&values)[kCount]) {
#pragma unroll
  for (int i = 0; i < kCount; i += 4) {
    Words<4> words;
#pragma unroll
    for (int j = 0; j < 4; ++j) words.at[j] = std::bit_cast<std::uint32_t>(values[i + j]);
    *reinterpret_cast<Words<4>*>(to + i) = words;
  }
}

template <int kCount>
__device__ inline void store(BFloat16* to, const float (&values)[kCount]) {
  constexpr int kWords = kCount == 4 ? 2 : 4;
#pragma unroll
  for (int i = 0; i < kCount; i += 2 * kWords) {
    Words<kWords> words;
#pragma unroll
    for (int j = 0; j < kWords; ++j) {
      words.at[j] = bfloat16Bits(values[i + 2 * j]) | (bfloat16Bits(values[i + 2 * j + 1]) << 16);
    }
    *reinterpret_cast<Words<kWords>*>(to + i) = words;
  }
}

// Calls body(T{}) with the element type that the type names: BFloat16 or float.
template <typename Body>
void withElement(DataType type, const Body& body) {
  if (type == DataType::BFloat16) {
    body(BFloat16{});
  } else {
    body(float{});
  }
}

}  // namespace node_cudnn::cudnn
