// One launch over many tensors: each gets a run of blocks that fits its size, and a block finds its
// tensor by number. The tables are kernel parameters, of which there are 4 KB.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "block.cuh"

namespace node_cudnn::cudnn {

inline constexpr std::size_t kParameterBytes = 4096;

// A block's share of one tensor: it takes group `first + threadIdx.x` and each `step` further.
struct Part {
  int tensor;
  bool last;  // the part that also takes the elements after the last whole group
  std::int64_t first;
  std::int64_t step;
};

template <int kTensors>
struct BlockTable {
  std::int32_t tensors = 0;
  std::int32_t first[kTensors + 1] = {};  // block of each tensor; then their number

  std::int32_t blocks() const { return first[tensors]; }

  // countOf(i): elements of tensor i. About `target` blocks, of `least` elements or more.
  template <typename CountOf>
  void fill(int count, const CountOf& countOf, std::int64_t least, std::int64_t target) {
    tensors = count;
    std::int64_t total = 0;
    for (int i = 0; i < count; ++i) total += countOf(i);
    const std::int64_t each = std::max(least, (total + target - 1) / target);
    for (int i = 0; i < count; ++i) {
      const std::int64_t blocks = std::max<std::int64_t>(1, (countOf(i) + each - 1) / each);
      first[i + 1] = first[i] + static_cast<std::int32_t>(blocks);
    }
  }

  // The tensor of a block.
  __device__ int find(int block) const {
    int low = 0;
    int high = tensors;
    while (high - low > 1) {
      const int middle = (low + high) / 2;
      if (first[middle] <= block) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  __device__ Part part() const {
    const int block = static_cast<int>(blockIdx.x);
    const int tensor = find(block);
    const std::int64_t number = block - first[tensor];
    const std::int64_t blocks = first[tensor + 1] - first[tensor];
    return {tensor, number == blocks - 1, number * kThreads + threadIdx.x, blocks * kThreads};
  }
};

// Calls group(i) for the part's groups of kWidth elements from i on, and one(i) for those left
// over.
template <int kWidth, typename Group, typename One>
__device__ inline void forPart(const Part& part, std::int64_t count, const Group& group,
                               const One& one) {
  const std::int64_t groups = count / kWidth;
  for (std::int64_t i = part.first; i < groups; i += part.step) group(i * kWidth);
  const std::int64_t rest = groups * kWidth + threadIdx.x;
  if (part.last && rest < count) one(rest);
}

}  // namespace node_cudnn::cudnn
