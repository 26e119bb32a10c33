// Blocks of threads: their size, sums over one in a fixed order, and grids over flat arrays.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

namespace node_cudnn::cudnn {

inline constexpr int kThreads = 256;  // of every block

__host__ __device__ constexpr bool isFinite(double value) {
  constexpr std::uint64_t exponent = 0x7FF0000000000000U;
  return (std::bit_cast<std::uint64_t>(value) & exponent) != exponent;
}

// The sum of the block's values, the same for every run; every thread of the block calls it and
// gets it.
__device__ inline double blockSum(double value) {
  __shared__ double sums[kThreads];
  const int thread = static_cast<int>(threadIdx.x);
  __syncthreads();  // the sums of the call before have been read
  sums[thread] = value;
  __syncthreads();
#pragma unroll
  for (int half = kThreads / 2; half > 0; half /= 2) {
    if (thread < half) sums[thread] += sums[thread + half];
    __syncthreads();
  }
  return sums[0];
}

// Sum of squares of values that one thread holds. In float where that loses nothing, for doubles
// are slow on most devices; in double where a square would overflow or vanish.
template <int kCount>
__device__ inline double sumOfSquares(const float (&values)[kCount]) {
  float sum = 0;
#pragma unroll
  for (int i = 0; i < kCount; ++i) sum += values[i] * values[i];
  if (sum > 1e-24F && sum < 1e30F) return sum;
  double exact = 0;
#pragma unroll
  for (int i = 0; i < kCount; ++i) exact += static_cast<double>(values[i]) * values[i];
  return exact;
}

// Blocks for a grid-stride loop over `count` things, one for each thread at a time.
inline unsigned blocksFor(std::int64_t count, std::int64_t most = 4096) {
  return static_cast<unsigned>(
      std::clamp<std::int64_t>((count + kThreads - 1) / kThreads, 1, most));
}

// The calling thread's place in a grid-stride loop.
__device__ inline std::int64_t gridThread() {
  return static_cast<std::int64_t>(blockIdx.x) * kThreads + threadIdx.x;
}
__device__ inline std::int64_t gridThreads() {
  return static_cast<std::int64_t>(gridDim.x) * kThreads;
}

// Calls group(i) for every group of kWidth elements from i on, and one(i) for those left over.
template <int kWidth, typename Group, typename One>
__device__ inline void forElements(std::int64_t count, const Group& group, const One& one) {
  const std::int64_t groups = count / kWidth;
  for (std::int64_t i = gridThread(); i < groups; i += gridThreads()) group(i * kWidth);
  const std::int64_t rest = groups * kWidth + gridThread();
  if (rest < count) one(rest);
}

}  // namespace node_cudnn::cudnn
