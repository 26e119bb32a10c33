// Axes in another order.
#pragma once

#include <cuda_runtime_api.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace node_cudnn::cudnn {

inline constexpr int kPermutedAxes = 6;

// The axes of the output: how many elements each has and how far apart they are in the input.
// Axes of 1 are left out, and axes that stay side by side are one; the first has size 1 in a copy.
struct Permutation {
  int rank = 0;
  std::int64_t sizes[kPermutedAxes] = {};
  std::int64_t steps[kPermutedAxes] = {};

  // Axis i of the output is axis order[i] of the input. Nothing when more than kPermutedAxes axes
  // are left.
  static std::optional<Permutation> of(const std::vector<std::int64_t>& shape,
                                       std::span<const std::size_t> order);
};

void launchPermute(cudaStream_t stream, const Permutation& permutation, std::size_t elementBytes,
                   const void* from, void* to);

}  // namespace node_cudnn::cudnn
