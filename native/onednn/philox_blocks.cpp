#include "philox_blocks.h"

#include <cstring>

#include "core/philox.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace node_cudnn::onednn {

namespace {

void portable(const PhiloxKey& key, const std::uint64_t* blocks, std::uint32_t* numbers) {
  for (std::int64_t i = 0; i < kPhiloxBlocks; ++i) {
    const auto four = philox(key.seed, key.stream, key.step, blocks[i]);
    std::copy(four.begin(), four.end(), numbers + 4 * i);
  }
}

#if defined(__x86_64__)

using Words = std::uint64_t [[gnu::vector_size(64)]];

// One block in each 64-bit lane. Only the lower halves of c0 ... c3 count: the multiplication reads
// nothing else, so that the upper halves need no clearing.
struct Lanes {
  Words c0, c1, c2, c3;
};

// The products of the lower halves.
[[gnu::target("avx512f")]] inline Words multiply(std::uint32_t factor, Words words) {
  constexpr __mmask8 all = 0xFF;
  const auto factors = _mm512_set1_epi64(factor);
  return reinterpret_cast<Words>(
      _mm512_maskz_mul_epu32(all, factors, reinterpret_cast<__m512i>(words)));
}

[[gnu::target("avx512f")]] inline void nextRound(Lanes& lanes, std::uint32_t k0, std::uint32_t k1) {
  const Words p0 = multiply(0xD2511F53U, lanes.c0);
  const Words p1 = multiply(0xCD9E8D57U, lanes.c2);
  lanes.c0 = (p1 >> 32) ^ lanes.c1 ^ k0;
  lanes.c2 = (p0 >> 32) ^ lanes.c3 ^ k1;
  lanes.c1 = p1;
  lanes.c3 = p0;
}

// Stores the lower halves as c0 c1 c2 c3 of lane 0, of lane 1 and so on.
[[gnu::target("avx512f")]] inline void store(const Lanes& lanes, std::uint32_t* numbers) {
  constexpr std::uint64_t low = 0xFFFFFFFFU;
  const auto c01 = reinterpret_cast<__m512i>((lanes.c0 & low) | (lanes.c1 << 32));
  const auto c23 = reinterpret_cast<__m512i>((lanes.c2 & low) | (lanes.c3 << 32));
  const __m512i first = _mm512_set_epi64(11, 3, 10, 2, 9, 1, 8, 0);
  const __m512i second = _mm512_set_epi64(15, 7, 14, 6, 13, 5, 12, 4);
  _mm512_storeu_si512(numbers, _mm512_permutex2var_epi64(c01, first, c23));
  _mm512_storeu_si512(numbers + 16, _mm512_permutex2var_epi64(c01, second, c23));
}

[[gnu::target("avx512f")]] void avx512(const PhiloxKey& key, const std::uint64_t* blocks,
                                       std::uint32_t* numbers) {
  constexpr int groups = 2;  // independent chains, to hide the multiplication's latency
  for (std::int64_t i = 0; i < kPhiloxBlocks; i += 8 * groups) {
    Lanes lanes[groups];
    for (int g = 0; g < groups; ++g) {
      std::memcpy(&lanes[g].c0, blocks + i + 8 * g, sizeof(Words));
      lanes[g].c1 = lanes[g].c0 >> 32;
      lanes[g].c2 = Words{} + key.step;
      lanes[g].c3 = Words{} + key.stream;
    }
    auto k0 = static_cast<std::uint32_t>(key.seed);
    auto k1 =
        static_cast<std::uint32_t>(key.seed >> 32) + static_cast<std::uint32_t>(key.step >> 32);
    for (int round = 0; round < 10; ++round) {
      for (Lanes& group : lanes) nextRound(group, k0, k1);
      k0 += 0x9E3779B9U;
      k1 += 0xBB67AE85U;
    }
    for (int g = 0; g < groups; ++g) store(lanes[g], numbers + 4 * (i + 8 * g));
  }
}

#endif

}  // namespace

void philoxBlocks(InstructionSet set, const PhiloxKey& key, const std::uint64_t* blocks,
                  std::uint32_t* numbers) {
#if defined(__x86_64__)
  if (set == InstructionSet::Avx512) return avx512(key, blocks, numbers);
#else
  (void)set;
#endif
  portable(key, blocks, numbers);
}

}  // namespace node_cudnn::onednn
