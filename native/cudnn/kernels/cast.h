// Casts of many tensors between float32 and bfloat16 in one launch.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>
#include <vector>

#include "../data_type.h"

namespace node_cudnn::cudnn {

struct Cast {
  const void* from = nullptr;  // aligned to 16 bytes, as is `to`
  void* to = nullptr;
  std::int64_t count = 0;  // elements
};

// All of one direction: Float32 to BFloat16 or back.
struct CastTable {
  DataType from = DataType::Float32;
  DataType to = DataType::BFloat16;
  std::vector<Cast> casts;
};

inline constexpr int kCastsOfOneLaunch = 128;  // more tensors take several launches
void launchCasts(cudaStream_t stream, const CastTable& table);

}  // namespace node_cudnn::cudnn
