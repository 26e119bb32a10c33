#include "initializer.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "error.h"
#include "philox.h"

namespace node_cudnn {

namespace {

// Two standard normal numbers (Box and Muller 1958) from two 32-bit numbers.
struct NormalPair {
  double first;
  double second;
};

NormalPair boxMuller(std::uint32_t a, std::uint32_t b) {
  const double radius = std::sqrt(-2 * std::log((a + 0.5) * 0x1p-32));
  const double angle = 2 * std::numbers::pi * b * 0x1p-32;
  return {radius * std::cos(angle), radius * std::sin(angle)};
}

void fillUniform(std::uint64_t seed, std::uint32_t stream, double minimum, double maximum,
                 std::span<float> values) {
  for (std::size_t block = 0; block * 4 < values.size(); ++block) {
    const auto numbers = philox(seed, stream, 0, block);
    for (std::size_t i = block * 4; i < std::min(block * 4 + 4, values.size()); ++i) {
      values[i] = static_cast<float>(minimum + (maximum - minimum) * uniform(numbers[i % 4]));
    }
  }
}

// Element i takes the pair of Philox block (i / 2); a number outside `limit` standard deviations is
// drawn again from the block of the next attempt.
void fillNormal(std::uint64_t seed, std::uint32_t stream, double mean, double stddev, double limit,
                std::span<float> values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    double number = std::numeric_limits<double>::quiet_NaN();
    for (std::uint64_t attempt = 0; !(std::abs(number) <= limit); ++attempt) {
      const auto numbers = philox(seed, stream, attempt, i / 4);
      const std::size_t lane = i % 4;
      const NormalPair pair =
          lane < 2 ? boxMuller(numbers[0], numbers[1]) : boxMuller(numbers[2], numbers[3]);
      number = lane % 2 == 0 ? pair.first : pair.second;
    }
    values[i] = static_cast<float>(mean + stddev * number);
  }
}

}  // namespace

void initializeValues(const InitializerSpec& initializer, std::uint64_t seed, std::uint32_t stream,
                      std::span<float> values) {
  const Attributes& attributes = initializer.attributes;
  const std::string& kind = initializer.kind;
  if (kind == "zeros") {
    std::ranges::fill(values, 0.0F);
  } else if (kind == "ones") {
    std::ranges::fill(values, 1.0F);
  } else if (kind == "constant") {
    std::ranges::fill(values, static_cast<float>(attributes.number("value")));
  } else if (kind == "uniform") {
    fillUniform(seed, stream, attributes.number("minimum"), attributes.number("maximum"), values);
  } else if (kind == "normal") {
    fillNormal(seed, stream, attributes.number("mean", 0), attributes.number("stddev"),
               std::numeric_limits<double>::infinity(), values);
  } else if (kind == "truncatedNormal") {
    fillNormal(seed, stream, attributes.number("mean", 0), attributes.number("stddev"), 2, values);
  } else {
    throw Error(ErrorCode::Option, "initializer '" + kind + "'",
                "no such kind; the kinds are zeros, ones, constant, uniform, normal and "
                "truncatedNormal");
  }
}

}  // namespace node_cudnn
