#include "initializer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "error.h"
#include "philox.h"

namespace node_cudnn {

namespace {

// The stream of initializers with a seed of their own: no weight of a model has it.
constexpr std::uint32_t kSeededStream = 0xFFFFFFFFU;

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
  const std::size_t blocks = (values.size() + 3) / 4;
#pragma omp parallel for schedule(static)
  for (std::size_t block = 0; block < blocks; ++block) {
    const auto numbers = philox(seed, stream, 0, block);
    for (std::size_t i = block * 4; i < std::min(block * 4 + 4, values.size()); ++i) {
      values[i] = static_cast<float>(minimum + (maximum - minimum) * uniform(numbers[i % 4]));
    }
  }
}

// Attempt `attempt` at the four standard normal numbers of a block.
std::array<double, 4> normals(std::uint64_t seed, std::uint32_t stream, std::uint64_t attempt,
                              std::size_t block) {
  const auto numbers = philox(seed, stream, attempt, block);
  const NormalPair low = boxMuller(numbers[0], numbers[1]);
  const NormalPair high = boxMuller(numbers[2], numbers[3]);
  return {low.first, low.second, high.first, high.second};
}

// A number outside `limit` standard deviations is drawn again, by the block's next attempt.
void fillNormal(std::uint64_t seed, std::uint32_t stream, double mean, double stddev, double limit,
                std::span<float> values) {
  const std::size_t blocks = (values.size() + 3) / 4;
#pragma omp parallel for schedule(static)
  for (std::size_t block = 0; block < blocks; ++block) {
    const std::array<double, 4> first = normals(seed, stream, 0, block);
    for (std::size_t i = block * 4; i < std::min(block * 4 + 4, values.size()); ++i) {
      double number = first[i % 4];
      for (std::uint64_t attempt = 1; std::abs(number) > limit; ++attempt) {
        number = normals(seed, stream, attempt, block)[i % 4];
      }
      values[i] = static_cast<float>(mean + stddev * number);
    }
  }
}

}  // namespace

void initializeValues(const InitializerSpec& initializer, std::uint64_t seed, std::uint32_t stream,
                      std::span<float> values) {
  const Attributes& attributes = initializer.attributes;
  const std::string& kind = initializer.kind;
  if (attributes.has("seed")) {
    seed = static_cast<std::uint64_t>(attributes.integer("seed"));
    stream = kSeededStream;
  }
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
