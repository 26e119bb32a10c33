// Known answers of Random123 (kat_vectors, philox4x32 10).
#include "core/philox.h"

#include <gtest/gtest.h>

#include <cmath>

namespace node_cudnn::test {

namespace {

using Words = std::array<std::uint32_t, 4>;

// The function takes the counter as {block low, block high, step, stream} and the key as one seed.
Words numbers(const Words& counter, std::uint32_t key0, std::uint32_t key1) {
  return philox(key0 | std::uint64_t{key1} << 32, counter[3], counter[2],
                counter[0] | std::uint64_t{counter[1]} << 32);
}

TEST(Philox, KnownAnswers) {
  EXPECT_EQ(numbers({0, 0, 0, 0}, 0, 0), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(numbers({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, 0xffffffff, 0xffffffff),
            (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(numbers({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0xa4093822, 0x299f31d0),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, LongRunsDoNotRepeat) {
  EXPECT_NE(philox(7, 1, 3, 5), philox(7, 1, 3 + (std::uint64_t{1} << 32), 5));
}

TEST(Philox, UniformLiesBelowOne) {
  EXPECT_EQ(uniform(0), 0.0F);
  EXPECT_EQ(uniform(0xffffffff), 1 - 0x1p-24F);
  EXPECT_LT(uniform(0xffffffff), 1.0F);
  EXPECT_EQ(uniform(0x80000000), 0.5F);
}

TEST(Philox, MeanAndVarianceAreThoseOfTheUniformDistribution) {
  constexpr int kBlocks = 50000;
  double sum = 0, squares = 0;
  for (int block = 0; block < kBlocks; ++block) {
    for (const std::uint32_t bits : philox(1, 2, 3, static_cast<std::uint64_t>(block))) {
      sum += uniform(bits);
      squares += uniform(bits) * uniform(bits);
    }
  }
  const double mean = sum / (4 * kBlocks);
  // Five standard errors of the mean: 5 * sqrt(1 / 12 / 200000).
  EXPECT_NEAR(mean, 0.5, 0.0033);
  EXPECT_NEAR(squares / (4 * kBlocks) - mean * mean, 1 / 12.0, 0.001);
}

}  // namespace

}  // namespace node_cudnn::test
