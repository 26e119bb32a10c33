// Rounding at random, as a backend of single precision rounds in one way of many: what it changes
// in a model's results is what such a backend may differ by.
#pragma once

#include <cstdint>
#include <memory>
#include <random>

#include "call.h"

namespace node_cudnn::reference {

class Rounding {
 public:
  explicit Rounding(std::uint64_t seed) : random_(seed) {}

  // Changes each value of a Float tensor by up to half a unit in the last place of float32; the
  // root of n times as much where it is made of n of the `read` elements, since a sum rounds n
  // times.
  void apply(const Operand& written, std::int64_t read);

  // A sum of this many terms within an op, likewise.
  double rounded(double sum, std::int64_t terms);

  // Of NODE_CUDNN_REFERENCE_ROUNDING; null where it is not set. Throws Error(Option) unless it is a
  // whole number.
  static std::shared_ptr<Rounding> fromEnvironment();

 private:
  std::mt19937_64 random_;
};

}  // namespace node_cudnn::reference
