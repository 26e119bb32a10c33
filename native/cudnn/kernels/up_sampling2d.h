// Nearest-neighbour up-sampling of images, channels last, and its gradient.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

#include "../data_type.h"

namespace node_cudnn::cudnn {

// small: [images,height,width,channels]; large: [images,rows height,columns width,channels].
struct UpSampling {
  std::int64_t images = 0;
  std::int64_t height = 0;
  std::int64_t width = 0;
  std::int64_t channels = 0;
  std::int64_t rows = 1;
  std::int64_t columns = 1;
};

void launchUpSampling(cudaStream_t stream, const UpSampling& shape, DataType type,
                      const void* small, void* large);

// Sums the gradients of each pixel's copies.
void launchUpSamplingBackward(cudaStream_t stream, const UpSampling& shape, DataType type,
                              const void* large, void* small);

}  // namespace node_cudnn::cudnn
