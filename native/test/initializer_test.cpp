#include "core/initializer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "errors.h"

namespace node_cudnn::test {

namespace {

constexpr std::size_t kCount = 40001;  // not a multiple of the four numbers of a block

std::vector<float> drawn(const InitializerSpec& initializer, std::uint64_t seed = 1,
                         std::uint32_t stream = 7) {
  std::vector<float> values(kCount, -99);
  initializeValues(initializer, seed, stream, values);
  return values;
}

struct Moments {
  double mean = 0, deviation = 0, smallest = 1e9, largest = -1e9;

  explicit Moments(const std::vector<float>& values) {
    double squares = 0;
    for (const double value : values) {
      mean += value / static_cast<double>(values.size());
      squares += value * value / static_cast<double>(values.size());
      smallest = std::min(smallest, value);
      largest = std::max(largest, value);
    }
    deviation = std::sqrt(squares - mean * mean);
  }
};

TEST(Initializers, Constants) {
  EXPECT_EQ(drawn({"zeros", {}}), std::vector<float>(kCount, 0));
  EXPECT_EQ(drawn({"ones", {}}), std::vector<float>(kCount, 1));
  EXPECT_EQ(drawn({"constant", {{"value", 0.25}}}), std::vector<float>(kCount, 0.25F));
}

// Tolerances are five standard errors of the mean and about as many of the deviation.
TEST(Initializers, Uniform) {
  const Moments m(drawn({"uniform", {{"minimum", -0.5}, {"maximum", 1.5}}}));
  EXPECT_GE(m.smallest, -0.5);
  EXPECT_LE(m.largest, 1.5);
  EXPECT_LT(m.smallest, -0.499);
  EXPECT_GT(m.largest, 1.499);
  EXPECT_NEAR(m.mean, 0.5, 0.0145);
  EXPECT_NEAR(m.deviation, 2 / std::sqrt(12.0), 0.01);
}

TEST(Initializers, Normal) {
  const Moments m(drawn({"normal", {{"mean", 1.0}, {"stddev", 0.5}}}));
  EXPECT_NEAR(m.mean, 1, 0.0125);
  EXPECT_NEAR(m.deviation, 0.5, 0.009);
  EXPECT_LT(m.smallest, 1 - 3 * 0.5);
  EXPECT_GT(m.largest, 1 + 3 * 0.5);
}

TEST(Initializers, TruncatedNormalStaysWithinTwoDeviations) {
  const Moments m(drawn({"truncatedNormal", {{"mean", 1.0}, {"stddev", 0.5}}}));
  EXPECT_GE(m.smallest, 0);
  EXPECT_LE(m.largest, 2);
  EXPECT_NEAR(m.mean, 1, 0.0125);
  EXPECT_NEAR(m.deviation, 0.5 * 0.87962566, 0.009);
}

TEST(Initializers, SeedAndStreamDecideTheNumbers) {
  const InitializerSpec normal{"normal", {{"stddev", 1.0}}};
  EXPECT_EQ(drawn(normal), drawn(normal));
  EXPECT_NE(drawn(normal), drawn(normal, 2));
  EXPECT_NE(drawn(normal), drawn(normal, 1, 8));
}

TEST(Initializers, ASeedOfTheirOwnDecidesAlone) {
  const InitializerSpec seeded{"truncatedNormal", {{"stddev", 1.0}, {"seed", 5.0}}};
  const InitializerSpec other{"truncatedNormal", {{"stddev", 1.0}, {"seed", 6.0}}};
  const InitializerSpec unseeded{"truncatedNormal", {{"stddev", 1.0}}};
  EXPECT_EQ(drawn(seeded), drawn(seeded, 2, 8));
  EXPECT_NE(drawn(seeded), drawn(other));
  EXPECT_NE(drawn(seeded), drawn(unseeded, 5));
}

TEST(Initializers, UnknownKindsAreRefused) {
  expectError(ErrorCode::Option, {"orthogonal", "truncatedNormal"}, [] {
    drawn({"orthogonal", {}});
  });
  expectError(ErrorCode::Option, {"stddev"}, [] { drawn({"normal", {}}); });
}

}  // namespace

}  // namespace node_cudnn::test
