// A block's threads as a few rows of `width` threads side by side, and reductions over each row.
#pragma once

#include "block.cuh"

namespace node_cudnn::cudnn {

// A power of two that covers `count` or is the whole block.
inline int rowWidth(std::int64_t count) {
  int width = 1;
  while (width < kThreads && width < count) width *= 2;
  return width;
}

struct RowThread {
  int width;  // threads on a row

  __device__ int lane() const { return static_cast<int>(threadIdx.x) & (width - 1); }
  __device__ int row() const { return static_cast<int>(threadIdx.x) / width; }
  __host__ __device__ int rows() const { return kThreads / width; }

  // Combines the row's values in a fixed order; every thread of the block calls it, and gets its
  // row's result.
  template <typename Combine>
  __device__ float reduce(float value, const Combine& combine) const {
    __shared__ float values[kThreads];
    const int thread = static_cast<int>(threadIdx.x);
    __syncthreads();  // the results of the call before have been read
    values[thread] = value;
    __syncthreads();
    for (int half = width / 2; half > 0; half /= 2) {
      if (lane() < half) values[thread] = combine(values[thread], values[thread + half]);
      __syncthreads();
    }
    return values[thread - lane()];
  }
};

}  // namespace node_cudnn::cudnn
