// The formats that oneDNN's pooling and normalization kernels are fast in: row-major, or blocked
// by channels (nChw16c).
#pragma once

#include "lowering.h"

namespace node_cudnn::onednn {

// Channels that lie side by side in an image format: 16 for nChw16c, 0 for every other format.
std::int64_t channelBlock(const CpuLayout& layout);

// The same where they fill a vector, else 0: pooling and normalization have no generated kernels
// for smaller blocks.
std::int64_t vectorBlock(const CpuLayout& layout);

// Row-major for block 0.
CpuLayout blockedImage(const View& view, std::int64_t block);

// The format that the tensor has, if it is blocked by whole vectors, else row-major. Rank 4.
CpuLayout imageLayout(Lowering& lowering, TensorId id);

}  // namespace node_cudnn::onednn
