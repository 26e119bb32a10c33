#include "element.cuh"
#include "local_response_normalization.h"
#include "row_block.cuh"

namespace node_cudnn::cudnn {

namespace {

// A block takes tiles of `width` channels of a few rows. Around its channels a tile needs those of
// the windows, and in the backward pass those of their windows.
constexpr int kMostRows = kThreads / 32;
constexpr int kTile = kThreads + 4 * kMostRadius * kMostRows;

struct RowTiles {
  RowThread thread;
  std::int64_t perRow;  // tiles
  std::int64_t groups;  // of thread.rows() rows

  explicit RowTiles(const NormalizedRows& shape)
      : thread{std::max(32, rowWidth(shape.channels))},
        perRow((shape.channels + thread.width - 1) / thread.width),
        groups((shape.rows + thread.rows() - 1) / thread.rows()) {}

  unsigned blocks() const {
    return static_cast<unsigned>(std::min<std::int64_t>(perRow * groups, 1 << 16));
  }
};

__device__ float power(float base, float exponent) { return exp2f(exponent * log2f(base)); }

// values[i] = x[first + i], 0 outside the row. The block's threads of one row share the work.
template <typename Element>
__device__ void loadRow(const Element* x, std::int64_t first, int count, std::int64_t channels,
                        const RowThread& thread, bool present, float* values) {
  for (int i = thread.lane(); i < count; i += thread.width) {
    const std::int64_t channel = first + i;
    const bool inside = present && channel >= 0 && channel < channels;
    values[i] = inside ? toFloat(x[channel]) : 0;
  }
}

// s at the middle of the 2 radius + 1 values from here on.
__device__ float scaleOf(const NormalizedRows& shape, const float* values) {
  float sum = 0;
  for (int i = 0; i <= 2 * shape.radius; ++i) sum += values[i] * values[i];
  return shape.bias + shape.alpha * sum;
}

template <typename Element>
__global__ void normalizeRows(NormalizedRows shape, RowTiles tiles, const Element* x, Element* y) {
  __shared__ float tile[kThreads + 2 * kMostRadius * kMostRows];
  const RowThread& thread = tiles.thread;
  const int count = thread.width + 2 * shape.radius;
  float* values = tile + thread.row() * count;
  for (std::int64_t number = blockIdx.x; number < tiles.perRow * tiles.groups;
       number += gridDim.x) {
    const std::int64_t row = number / tiles.perRow * thread.rows() + thread.row();
    const std::int64_t first = number % tiles.perRow * thread.width;
    const bool present = row < shape.rows;
    __syncthreads();  // the tile before has been read
    loadRow(x + row * shape.channels, first - shape.radius, count, shape.channels, thread, present,
            values);
    __syncthreads();
    const std::int64_t channel = first + thread.lane();
    if (!present || channel >= shape.channels) continue;
    const float scale = scaleOf(shape, values + thread.lane());
    assign(y[row * shape.channels + channel],
           values[thread.lane() + shape.radius] * power(scale, -shape.beta));
  }
}

template <typename Element>
__global__ void normalizeRowsBackward(NormalizedRows shape, RowTiles tiles, const Element* x,
                                      const Element* dy, Element* dx) {
  __shared__ float xTile[kTile];
  __shared__ float ratioTile[kThreads + 2 * kMostRadius * kMostRows];
  const RowThread& thread = tiles.thread;
  const int radius = shape.radius;
  const int count = thread.width + 4 * radius;
  const int ratioCount = thread.width + 2 * radius;
  float* values = xTile + thread.row() * count;
  float* ratios = ratioTile + thread.row() * ratioCount;  // dy x s^(-beta - 1)
  for (std::int64_t number = blockIdx.x; number < tiles.perRow * tiles.groups;
       number += gridDim.x) {
    const std::int64_t row = number / tiles.perRow * thread.rows() + thread.row();
    const std::int64_t first = number % tiles.perRow * thread.width;
    const std::int64_t at = row * shape.channels;
    const bool present = row < shape.rows;
    __syncthreads();  // the tile before has been read
    loadRow(x + at, first - 2 * radius, count, shape.channels, thread, present, values);
    loadRow(dy + at, first - radius, ratioCount, shape.channels, thread, present, ratios);
    __syncthreads();
    for (int i = thread.lane(); i < ratioCount; i += thread.width) {
      const float scale = scaleOf(shape, values + i);
      ratios[i] *= values[i + radius] * power(scale, -shape.beta - 1);
    }
    __syncthreads();
    const int lane = thread.lane();
    const std::int64_t channel = first + lane;
    if (!present || channel >= shape.channels) continue;
    float sum = 0;
    for (int i = 0; i <= 2 * radius; ++i) sum += ratios[lane + i];
    const float direct =
        toFloat(dy[at + channel]) * power(scaleOf(shape, values + lane + radius), -shape.beta);
    const float indirect = 2 * shape.alpha * shape.beta * values[lane + 2 * radius] * sum;
    assign(dx[at + channel], direct - indirect);
  }
}

}  // namespace

void launchNormalizedRows(cudaStream_t stream, const NormalizedRows& shape, const void* x,
                          void* y) {
  const RowTiles tiles(shape);
  withElement(shape.type, [&](auto element) {
    using Element = decltype(element);
    normalizeRows<<<tiles.blocks(), kThreads, 0, stream>>>(
        shape, tiles, static_cast<const Element*>(x), static_cast<Element*>(y));
  });
}

void launchNormalizedRowsBackward(cudaStream_t stream, const NormalizedRows& shape, const void* x,
                                  const void* dy, void* dx) {
  const RowTiles tiles(shape);
  withElement(shape.type, [&](auto element) {
    using Element = decltype(element);
    normalizeRowsBackward<<<tiles.blocks(), kThreads, 0, stream>>>(
        shape, tiles, static_cast<const Element*>(x), static_cast<const Element*>(dy),
        static_cast<Element*>(dx));
  });
}

}  // namespace node_cudnn::cudnn
