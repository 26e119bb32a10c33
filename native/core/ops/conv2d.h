// Attributes that conv2d and its backward ops share.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "../graph.h"

namespace node_cudnn {

struct Padding2d {
  std::int64_t top = 0, bottom = 0, left = 0, right = 0;
  static Padding2d from(const Attributes& attributes);
};

struct Conv2dParameters {
  std::array<std::int64_t, 2> strides;    // [h, w]
  std::array<std::int64_t, 2> dilations;  // [h, w]; 1: none
  Padding2d padding;
  std::int64_t groups;
  std::string activation;  // "linear" or "relu"

  // Throws Error(Option) for values below 1 (padding: below 0).
  static Conv2dParameters from(const Op& op);
};

// Positions of a window of `size` (dilated) that moves by `stride` over `length` cells; below 1
// when it does not fit.
std::int64_t windowPositions(std::int64_t length, std::int64_t before, std::int64_t after,
                             std::int64_t size, std::int64_t stride, std::int64_t dilation = 1);

// A kernel, stride or dilation beyond the first and a padding beyond the second are refused: what
// libraries generate for a window grows with its padding.
inline constexpr std::int64_t kLongestWindow = std::int64_t{1} << 24;
inline constexpr std::int64_t kMostPadding = std::int64_t{1} << 14;

// The list attribute `name` as two numbers from `minimum` to kLongestWindow.
std::array<std::int64_t, 2> pairOf(const Attributes& attributes, const std::string& name,
                                   std::int64_t minimum);

}  // namespace node_cudnn
