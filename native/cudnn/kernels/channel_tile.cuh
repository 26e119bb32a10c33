// How a grid takes [rows,channels], and sums over the rows in a fixed order.
#pragma once

#include <algorithm>
#include <cstdint>

#include "channel_sum.h"
#include "row_block.cuh"

namespace node_cudnn::cudnn {

// A block takes `width` channels, a thread one of them and every so many rows.
struct ChannelTile {
  static constexpr int kWidth = 32;            // most channels of a block
  static constexpr int kRowBlocks = kThreads;  // most blocks that share a channel

  int width;
  int rowBlocks;
  int channelBlocks;

  explicit ChannelTile(const ChannelRows& shape)
      : width(std::min(kWidth, rowWidth(shape.channels))),
        rowBlocks(static_cast<int>(std::clamp<std::int64_t>(
            shape.rows / (kThreads / width * std::int64_t{8}), 1, kRowBlocks))),
        channelBlocks(static_cast<int>((shape.channels + width - 1) / width)) {}

  unsigned blocks() const { return static_cast<unsigned>(rowBlocks * channelBlocks); }

  __device__ int rowBlock() const { return static_cast<int>(blockIdx.x) % rowBlocks; }
  __device__ std::int64_t channel() const {
    const int block = static_cast<int>(blockIdx.x) / rowBlocks;
    return static_cast<std::int64_t>(block) * width + static_cast<int>(threadIdx.x) % width;
  }
  __device__ std::int64_t firstRow() const {
    return static_cast<std::int64_t>(rowBlock()) * (kThreads / width) +
           static_cast<int>(threadIdx.x) / width;
  }
  __device__ std::int64_t rowStep() const {
    return static_cast<std::int64_t>(rowBlocks) * (kThreads / width);
  }
};

// partial[rowBlock][sum][channel] = the block's sums, added up in the order of its threads.
template <int kSums>
__device__ inline void writePartial(const ChannelTile& tile, std::int64_t channels,
                                    const float (&values)[kSums], double* partial) {
  __shared__ float sums[kSums][kThreads];
#pragma unroll
  for (int sum = 0; sum < kSums; ++sum) sums[sum][threadIdx.x] = values[sum];
  __syncthreads();
  const int thread = static_cast<int>(threadIdx.x);
  if (thread >= tile.width || tile.channel() >= channels) return;
  double* to = partial + tile.rowBlock() * kSums * channels + tile.channel();
#pragma unroll
  for (int sum = 0; sum < kSums; ++sum) {
    double total = 0;
    for (int i = thread; i < kThreads; i += tile.width) total += sums[sum][i];
    to[sum * channels] = total;
  }
}

template <int kSums>
struct ChannelSums {
  double at[kSums];
};

// Of one channel; the block's threads add up one partial sum each.
template <int kSums>
__device__ inline ChannelSums<kSums> totalsOf(const double* partial, int rowBlocks,
                                              std::int64_t channels, std::int64_t channel) {
  const int thread = static_cast<int>(threadIdx.x);
  const double* mine = partial + kSums * thread * channels + channel;
  ChannelSums<kSums> totals;
#pragma unroll
  for (int sum = 0; sum < kSums; ++sum) {
    totals.at[sum] = blockSum(thread < rowBlocks ? mine[sum * channels] : 0);
  }
  return totals;
}

}  // namespace node_cudnn::cudnn
