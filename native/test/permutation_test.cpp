#include "core/permutation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace node_cudnn::test {

namespace {

using Order = std::vector<std::int32_t>;

Order permuted(std::size_t count, std::uint64_t seed, std::uint32_t epoch) {
  Order order(count, -1);
  permutation(order, seed, epoch);
  return order;
}

// FNV-1a of the numbers, for orders too long to be listed.
std::uint64_t sumOf(const Order& order) {
  std::uint64_t sum = 0xcbf29ce484222325;
  for (const std::int32_t row : order) {
    sum = (sum ^ static_cast<std::uint32_t>(row)) * 0x100000001b3;
  }
  return sum;
}

// A run that is resumed under another version has to visit the rows as it did before.
TEST(Permutation, IsTheSameAsEver) {
  EXPECT_EQ(permuted(0, 1, 0), Order());
  EXPECT_EQ(permuted(1, 1, 0), Order({0}));
  EXPECT_EQ(permuted(2, 5, 1), Order({0, 1}));
  EXPECT_EQ(permuted(2, 3, 0), Order({1, 0}));
  EXPECT_EQ(permuted(8, 0, 0), Order({1, 7, 0, 3, 2, 5, 4, 6}));
  EXPECT_EQ(permuted(9, 3, 0), Order({7, 1, 0, 2, 6, 5, 8, 3, 4}));
  EXPECT_EQ(permuted(17, (std::uint64_t{1} << 40) + 3, 9),
            Order({11, 16, 12, 1, 14, 8, 6, 3, 2, 5, 13, 9, 15, 10, 7, 4, 0}));
  EXPECT_EQ(permuted(17, (std::uint64_t{1} << 53) - 1, 0xffffffff),
            Order({11, 12, 8, 15, 9, 4, 7, 0, 16, 14, 10, 2, 3, 6, 1, 5, 13}));
  EXPECT_EQ(sumOf(permuted(1'200'000, 42, 2)), 0x4993154ff9107047U);
}

TEST(Permutation, HasEveryNumberOnce) {
  for (std::size_t count : {3, 64, 1001}) {
    Order order = permuted(count, 11, 4);
    Order all(count);
    std::iota(all.begin(), all.end(), 0);
    EXPECT_NE(order, all);
    std::sort(order.begin(), order.end());
    EXPECT_EQ(order, all);
  }
}

}  // namespace

}  // namespace node_cudnn::test
