// Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", 2011).
// Counter-based: the same numbers on every backend, for every batch split and after every resume.
#pragma once

#include <array>
#include <cstdint>

namespace node_cudnn {

// The four 32-bit numbers of counter (block, step, stream) under the key `seed`. The counter's
// words are {block low, block high, step low, stream}; step's high word is added to the key's high
// word so that long runs do not repeat.
constexpr std::array<std::uint32_t, 4> philox(std::uint64_t seed, std::uint32_t stream,
                                              std::uint64_t step, std::uint64_t block) {
  std::uint32_t c0 = static_cast<std::uint32_t>(block);
  std::uint32_t c1 = static_cast<std::uint32_t>(block >> 32);
  std::uint32_t c2 = static_cast<std::uint32_t>(step);
  std::uint32_t c3 = stream;
  std::uint32_t k0 = static_cast<std::uint32_t>(seed);
  std::uint32_t k1 =
      static_cast<std::uint32_t>(seed >> 32) + static_cast<std::uint32_t>(step >> 32);
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = std::uint64_t{0xD2511F53U} * c0;
    const std::uint64_t p1 = std::uint64_t{0xCD9E8D57U} * c2;
    const std::uint32_t n0 = static_cast<std::uint32_t>(p1 >> 32) ^ c1 ^ k0;
    const std::uint32_t n2 = static_cast<std::uint32_t>(p0 >> 32) ^ c3 ^ k1;
    c1 = static_cast<std::uint32_t>(p1);
    c3 = static_cast<std::uint32_t>(p0);
    c0 = n0;
    c2 = n2;
    k0 += 0x9E3779B9U;
    k1 += 0xBB67AE85U;
  }
  return {c0, c1, c2, c3};
}

// Uniform in [0, 1) with 24 bits: exact in float.
constexpr float uniform(std::uint32_t bits) { return static_cast<float>(bits >> 8) * 0x1p-24F; }

}  // namespace node_cudnn
