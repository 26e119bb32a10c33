// What changes from step to step, in device memory at a fixed address, so that a captured CUDA
// graph reads new values without being captured again. Included by .cu and .cpp files.
#pragma once

#include <cstdint>

namespace node_cudnn::cudnn {

// Rows of one fed tensor, staged on the device in the type that the host array has.
struct FeedSource {
  const void* data;
  std::int32_t hostType;  // HostType: 0 float32, 1 int32, 2 uint8
};

inline constexpr int kMaxFeeds = 16;  // inputs, targets and sample weights of one plan

struct StepParameters {
  std::uint64_t seed;
  std::uint64_t step;
  std::uint64_t firstRow;
  float learningRate;
  FeedSource sources[kMaxFeeds];  // in the order of Schedule::fed
};

}  // namespace node_cudnn::cudnn
