// Random choices of a case: the same for one seed on every machine.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <random>
#include <vector>

#include "core/attributes.h"

namespace node_cudnn::fuzz {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  std::int64_t below(std::int64_t end) {
    return static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(end));
  }
  // In [first, last].
  std::int64_t between(std::int64_t first, std::int64_t last) {
    return first + below(last - first + 1);
  }
  bool chance(double probability) {
    return static_cast<double>(engine_() >> 11) * 0x1p-53 < probability;
  }
  template <typename T>
  const T& pick(const std::vector<T>& values) {
    return values[static_cast<std::size_t>(below(static_cast<std::int64_t>(values.size())))];
  }

  // Around the widths of vectors and of oneDNN's blocks.
  std::int64_t channels() {
    static const std::vector<std::int64_t> kChannels{1,  2,  3,  4,  5,  7,  8,  9,  12, 15, 16, 17,
                                                     19, 20, 24, 31, 32, 33, 40, 47, 48, 64, 65};
    return pick(kChannels);
  }
  std::int64_t batch() { return pick(std::vector<std::int64_t>{1, 1, 2, 3, 5}); }
  std::int64_t length() { return between(1, 9); }
  // A pair of numbers in [first, last].
  AttributeValue pair(std::int64_t first, std::int64_t last) {
    const auto height = static_cast<double>(between(first, last));
    return std::vector<double>{height, static_cast<double>(between(first, last))};
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace node_cudnn::fuzz
