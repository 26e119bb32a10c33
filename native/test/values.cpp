#include "values.h"

#include <algorithm>
#include <numeric>
#include <random>

namespace node_cudnn::test {

namespace {

// Marsaglia's polar method would do as well; the sum of twelve uniforms needs no state.
double normal(std::mt19937& random) {
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += static_cast<double>(random()) / 4294967296.0;
  return sum;
}

}  // namespace

Values makeValues(const Shape& shape, Kind kind, std::uint32_t seed) {
  std::mt19937 random(seed);
  Values values(static_cast<std::size_t>(elementCount(shape)));
  if (kind == Kind::Distinct) {
    std::iota(values.begin(), values.end(), 0.0);
    for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[random() % i]);
    const double middle = static_cast<double>(values.size()) / 2;
    for (double& value : values) value = static_cast<float>((value - middle) * 0.0125);
    return values;
  }
  for (double& value : values) {
    if (kind == Kind::Ties) {
      value = random() % 4;
    } else if (kind == Kind::Positive) {
      value = static_cast<float>(0.5 + static_cast<double>(random() >> 8) * 0x1p-24);
    } else {
      value = static_cast<float>(normal(random));
    }
  }
  return values;
}

Values makeLabels(std::int64_t count, std::int64_t classes, std::uint32_t seed) {
  std::mt19937 random(seed);
  Values labels(static_cast<std::size_t>(count));
  for (double& label : labels)
    label = static_cast<double>(random() % static_cast<std::uint32_t>(classes));
  return labels;
}

}  // namespace node_cudnn::test
