#include "permutation.h"

#include <cstddef>
#include <numeric>
#include <utility>

#include "philox.h"

namespace node_cudnn {

namespace {

// Keeps the numbers of shuffling apart from those of other uses of the same seed.
constexpr std::uint32_t kShuffleStream = 0x73687566;

// In [0, 1), with 53 random bits: every place is as likely as the next to one part in 2^21.
double fraction(std::uint32_t high, std::uint32_t low) {
  const std::uint64_t bits = (std::uint64_t{high >> 5} << 26) + (low >> 6);
  return static_cast<double>(bits) * 0x1p-53;
}

}  // namespace

void permutation(std::span<std::int32_t> order, std::uint64_t seed, std::uint32_t epoch) {
  std::iota(order.begin(), order.end(), 0);
  // Swaps the number at `left - 1` with one of those up to it. The product rounds to less than
  // `left`, whatever the fraction.
  const auto swapLast = [&](std::size_t left, double random) {
    std::swap(order[left - 1], order[static_cast<std::size_t>(random * static_cast<double>(left))]);
  };
  std::uint64_t block = 0;
  for (std::size_t left = order.size(); left > 1; left -= 2) {
    const auto numbers = philox(seed, kShuffleStream, epoch, block++);
    swapLast(left, fraction(numbers[0], numbers[1]));
    if (left == 2) break;
    swapLast(left - 1, fraction(numbers[2], numbers[3]));
  }
}

}  // namespace node_cudnn
