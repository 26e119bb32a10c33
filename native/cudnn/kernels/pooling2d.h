// Pooling for the windows that cuDNN does not take; images lie channels last.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

#include "../data_type.h"

namespace node_cudnn::cudnn {

// x: [images,height,width,channels]; y: [images,outHeight,outWidth,channels].
struct PoolingShape {
  std::int64_t images = 0;
  std::int64_t height = 0;
  std::int64_t width = 0;
  std::int64_t channels = 0;
  std::int64_t outHeight = 0;
  std::int64_t outWidth = 0;
  std::int64_t window[2] = {1, 1};
  std::int64_t strides[2] = {1, 1};
  std::int64_t before[2] = {0, 0};    // padding: top, left
  DataType type = DataType::Float32;  // of x, y, dy and dx: Float32 or BFloat16
};

// index: the winner's position within the window, row by row; null: not wanted.
void launchMaxPooling(cudaStream_t stream, const PoolingShape& shape, const void* x, void* y,
                      std::int32_t* index);
// reluOutput: null, or what was pooled; where it is not above 0 the gradient is 0.
void launchMaxPoolingBackward(cudaStream_t stream, const PoolingShape& shape, const void* dy,
                              const std::int32_t* index, const void* reluOutput, void* dx);

// Means over the cells of a window that lie inside the image.
void launchAveragePooling(cudaStream_t stream, const PoolingShape& shape, const void* x, void* y);
void launchAveragePoolingBackward(cudaStream_t stream, const PoolingShape& shape, const void* dy,
                                  void* dx);

}  // namespace node_cudnn::cudnn
