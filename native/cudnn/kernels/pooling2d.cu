#include "block.cuh"
#include "element.cuh"
#include "pooling2d.h"

namespace node_cudnn::cudnn {

namespace {

// A half-open range of rows or columns.
struct Range {
  std::int64_t begin;
  std::int64_t end;
  __device__ std::int64_t size() const { return end - begin; }
};

// The cells of the image under window `out`.
__device__ Range cellsOf(const PoolingShape& shape, int axis, std::int64_t out) {
  const std::int64_t first = out * shape.strides[axis] - shape.before[axis];
  const std::int64_t size = axis == 0 ? shape.height : shape.width;
  return {first > 0 ? first : 0, min(first + shape.window[axis], size)};
}

// The windows that cover a cell.
__device__ Range windowsOver(const PoolingShape& shape, int axis, std::int64_t cell) {
  const std::int64_t last = cell + shape.before[axis];
  const std::int64_t missed = last - shape.window[axis];  // the last cell that is before it
  const std::int64_t count = axis == 0 ? shape.outHeight : shape.outWidth;
  return {missed < 0 ? 0 : missed / shape.strides[axis] + 1,
          min(last / shape.strides[axis] + 1, count)};
}

struct Place {
  std::int64_t image;
  std::int64_t row;
  std::int64_t column;
  std::int64_t channel;

  __device__ Place(std::int64_t i, std::int64_t height, std::int64_t width, std::int64_t channels)
      : image(i / channels / width / height),
        row(i / channels / width % height),
        column(i / channels % width),
        channel(i % channels) {}
};

template <typename Element>
__global__ void maxPooling(const __grid_constant__ PoolingShape shape, const Element* x, Element* y,
                           std::int32_t* index, std::int64_t count) {
  for (std::int64_t i = gridThread(); i < count; i += gridThreads()) {
    const Place out(i, shape.outHeight, shape.outWidth, shape.channels);
    const Range rows = cellsOf(shape, 0, out.row);
    const Range columns = cellsOf(shape, 1, out.column);
    float best = -INFINITY;
    std::int64_t winner = -1;
    for (std::int64_t row = rows.begin; row < rows.end; ++row) {
      const Element* cells = x + (out.image * shape.height + row) * shape.width * shape.channels;
      for (std::int64_t column = columns.begin; column < columns.end; ++column) {
        const float value = toFloat(cells[column * shape.channels + out.channel]);
        if (winner < 0 || value > best || value != value) {
          best = value;
          const std::int64_t top = out.row * shape.strides[0] - shape.before[0];
          const std::int64_t left = out.column * shape.strides[1] - shape.before[1];
          winner = (row - top) * shape.window[1] + column - left;
        }
      }
    }
    assign(y[i], best);
    if (index != nullptr) index[i] = static_cast<std::int32_t>(winner);
  }
}

// A cell gathers from the windows over it, so that sums have one order.
template <typename Element>
__global__ void maxPoolingBackward(const __grid_constant__ PoolingShape shape, const Element* dy,
                                   const std::int32_t* index, const Element* reluOutput,
                                   Element* dx, std::int64_t count) {
  for (std::int64_t i = gridThread(); i < count; i += gridThreads()) {
    const Place cell(i, shape.height, shape.width, shape.channels);
    const Range rows = windowsOver(shape, 0, cell.row);
    const Range columns = windowsOver(shape, 1, cell.column);
    float sum = 0;
    for (std::int64_t row = rows.begin; row < rows.end; ++row) {
      const std::int64_t down = cell.row + shape.before[0] - row * shape.strides[0];
      for (std::int64_t column = columns.begin; column < columns.end; ++column) {
        const std::int64_t right = cell.column + shape.before[1] - column * shape.strides[1];
        const std::int64_t out =
            ((cell.image * shape.outHeight + row) * shape.outWidth + column) * shape.channels +
            cell.channel;
        if (index[out] == down * shape.window[1] + right) sum += toFloat(dy[out]);
      }
    }
    const bool passes = reluOutput == nullptr || toFloat(reluOutput[i]) > 0;
    assign(dx[i], passes ? sum : 0);
  }
}

template <typename Element>
__global__ void averagePooling(const __grid_constant__ PoolingShape shape, const Element* x,
                               Element* y, std::int64_t count) {
  for (std::int64_t i = gridThread(); i < count; i += gridThreads()) {
    const Place out(i, shape.outHeight, shape.outWidth, shape.channels);
    const Range rows = cellsOf(shape, 0, out.row);
    const Range columns = cellsOf(shape, 1, out.column);
    float sum = 0;
    for (std::int64_t row = rows.begin; row < rows.end; ++row) {
      const Element* cells = x + (out.image * shape.height + row) * shape.width * shape.channels;
      for (std::int64_t column = columns.begin; column < columns.end; ++column) {
        sum += toFloat(cells[column * shape.channels + out.channel]);
      }
    }
    assign(y[i], sum / static_cast<float>(rows.size() * columns.size()));
  }
}

template <typename Element>
__global__ void averagePoolingBackward(const __grid_constant__ PoolingShape shape,
                                       const Element* dy, Element* dx, std::int64_t count) {
  for (std::int64_t i = gridThread(); i < count; i += gridThreads()) {
    const Place cell(i, shape.height, shape.width, shape.channels);
    const Range rows = windowsOver(shape, 0, cell.row);
    const Range columns = windowsOver(shape, 1, cell.column);
    float sum = 0;
    for (std::int64_t row = rows.begin; row < rows.end; ++row) {
      for (std::int64_t column = columns.begin; column < columns.end; ++column) {
        const std::int64_t out =
            ((cell.image * shape.outHeight + row) * shape.outWidth + column) * shape.channels +
            cell.channel;
        const std::int64_t cells = cellsOf(shape, 0, row).size() * cellsOf(shape, 1, column).size();
        sum += toFloat(dy[out]) / static_cast<float>(cells);
      }
    }
    assign(dx[i], sum);
  }
}

std::int64_t outputs(const PoolingShape& shape) {
  return shape.images * shape.outHeight * shape.outWidth * shape.channels;
}

std::int64_t inputs(const PoolingShape& shape) {
  return shape.images * shape.height * shape.width * shape.channels;
}

}  // namespace

void launchMaxPooling(cudaStream_t stream, const PoolingShape& shape, const void* x, void* y,
                      std::int32_t* index) {
  withElement(shape.type, [&](auto element) {
    using Element = decltype(element);
    maxPooling<<<blocksFor(outputs(shape)), kThreads, 0, stream>>>(
        shape, static_cast<const Element*>(x), static_cast<Element*>(y), index, outputs(shape));
  });
}

void launchMaxPoolingBackward(cudaStream_t stream, const PoolingShape& shape, const void* dy,
                              const std::int32_t* index, const void* reluOutput, void* dx) {
  withElement(shape.type, [&](auto element) {
    using Element = decltype(element);
    maxPoolingBackward<<<blocksFor(inputs(shape)), kThreads, 0, stream>>>(
        shape, static_cast<const Element*>(dy), index, static_cast<const Element*>(reluOutput),
        static_cast<Element*>(dx), inputs(shape));
  });
}

void launchAveragePooling(cudaStream_t stream, const PoolingShape& shape, const void* x, void* y) {
  withElement(shape.type, [&](auto element) {
    using Element = decltype(element);
    averagePooling<<<blocksFor(outputs(shape)), kThreads, 0, stream>>>(
        shape, static_cast<const Element*>(x), static_cast<Element*>(y), outputs(shape));
  });
}

void launchAveragePoolingBackward(cudaStream_t stream, const PoolingShape& shape, const void* dy,
                                  void* dx) {
  withElement(shape.type, [&](auto element) {
    using Element = decltype(element);
    averagePoolingBackward<<<blocksFor(inputs(shape)), kThreads, 0, stream>>>(
        shape, static_cast<const Element*>(dy), static_cast<Element*>(dx), inputs(shape));
  });
}

}  // namespace node_cudnn::cudnn
