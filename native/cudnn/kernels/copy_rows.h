// Copies of rows that lie apart, of many tensors in one launch: concatenation and slices.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>
#include <vector>

namespace node_cudnn::cudnn {

// Row r goes from `from + r fromStep` to `to + r toStep`; all in bytes.
struct RowCopy {
  const void* from = nullptr;
  void* to = nullptr;
  std::int64_t rows = 0;
  std::int64_t width = 0;
  std::int64_t fromStep = 0;
  std::int64_t toStep = 0;
};

// More than 64 copies take several launches.
void launchRowCopies(cudaStream_t stream, const std::vector<RowCopy>& copies);

}  // namespace node_cudnn::cudnn
