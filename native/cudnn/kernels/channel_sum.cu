#include "channel_sum.h"
#include "channel_tile.cuh"
#include "element.cuh"

namespace node_cudnn::cudnn {

namespace {

template <typename Element>
__global__ void channelSums(ChannelTile tile, const Element* x, double* partial, std::int64_t rows,
                            std::int64_t channels) {
  const std::int64_t channel = tile.channel();
  float sum = 0;
  if (channel < channels) {
#pragma unroll 4
    for (std::int64_t row = tile.firstRow(); row < rows; row += tile.rowStep()) {
      sum += toFloat(x[row * channels + channel]);
    }
  }
  writePartial(tile, channels, {sum}, partial);
}

__global__ void channelTotals(int rowBlocks, const double* partial, float* to,
                              std::int64_t channels) {
  for (std::int64_t c = blockIdx.x; c < channels; c += gridDim.x) {
    const ChannelSums<1> totals = totalsOf<1>(partial, rowBlocks, channels, c);
    if (threadIdx.x == 0) to[c] = static_cast<float>(totals.at[0]);
  }
}

}  // namespace

std::size_t partialSumBytes(const ChannelRows& shape, int sums) {
  const ChannelTile tile(shape);
  return static_cast<std::size_t>(tile.rowBlocks * sums * shape.channels) * sizeof(double);
}

void launchChannelSums(cudaStream_t stream, const ChannelRows& shape, const void* x,
                       double* partial) {
  const ChannelTile tile(shape);
  withElement(shape.type, [&](auto element) {
    channelSums<<<tile.blocks(), kThreads, 0, stream>>>(
        tile, static_cast<const decltype(element)*>(x), partial, shape.rows, shape.channels);
  });
}

void launchChannelTotals(cudaStream_t stream, const ChannelRows& shape, const double* partial,
                         float* to) {
  const ChannelTile tile(shape);
  channelTotals<<<blocksFor(shape.channels * kThreads), kThreads, 0, stream>>>(
      tile.rowBlocks, partial, to, shape.channels);
}

}  // namespace node_cudnn::cudnn
