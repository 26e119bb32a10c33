// Sums over rows, one or several for each channel, in two stages of a fixed order: the same bits in
// every run. `partial` holds the sums of each block.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>

#include "../data_type.h"

namespace node_cudnn::cudnn {

// [rows,channels]
struct ChannelRows {
  std::int64_t rows = 0;
  std::int64_t channels = 0;
  DataType type = DataType::Float32;  // of what is summed: Float32 or BFloat16
};

// Of `sums` sums for each channel.
std::size_t partialSumBytes(const ChannelRows& shape, int sums);

// Of x, one sum for each channel.
void launchChannelSums(cudaStream_t stream, const ChannelRows& shape, const void* x,
                       double* partial);
// to [channels] from those.
void launchChannelTotals(cudaStream_t stream, const ChannelRows& shape, const double* partial,
                         float* to);

}  // namespace node_cudnn::cudnn
