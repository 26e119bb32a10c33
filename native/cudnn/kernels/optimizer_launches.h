// How many weights one launch of an optimizer updates: the table of Adam's fills the 4 KB that
// kernel parameters have.
#pragma once

#include <cstddef>

namespace node_cudnn::cudnn {

inline constexpr int kOptimizedTensors = 80;

inline int optimizerLaunches(std::size_t tensors) {
  return static_cast<int>((tensors + kOptimizedTensors - 1) / kOptimizedTensors);
}

}  // namespace node_cudnn::cudnn
