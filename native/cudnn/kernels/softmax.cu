#include "element.cuh"
#include "row_block.cuh"
#include "softmax.h"

namespace node_cudnn::cudnn {

namespace {

constexpr int kKept = 4096;  // values of a block's rows that stay in shared memory

struct Maximum {
  __device__ float operator()(float a, float b) const { return fmaxf(a, b); }
};
struct Sum {
  __device__ float operator()(float a, float b) const { return a + b; }
};

// kKeep: the block's rows fit into shared memory, so that x is read once.
template <bool kKeep, typename Element>
__global__ void softmax(const Element* x, float* y, std::int64_t rows, int classes,
                        RowThread thread) {
  __shared__ float kept[kKeep ? kKept : 1];
  for (std::int64_t first = static_cast<std::int64_t>(blockIdx.x) * thread.rows(); first < rows;
       first += static_cast<std::int64_t>(gridDim.x) * thread.rows()) {
    const std::int64_t row = first + thread.row();
    const int end = row < rows ? classes : 0;
    const Element* in = x + row * classes;
    float* values = kept + (kKeep ? thread.row() * classes : 0);
    float largest = -INFINITY;
    for (int c = thread.lane(); c < end; c += thread.width) {
      const float value = toFloat(in[c]);
      if (kKeep) values[c] = value;
      largest = fmaxf(largest, value);
    }
    largest = thread.reduce(largest, Maximum{});
    float sum = 0;
    for (int c = thread.lane(); c < end; c += thread.width) {
      const float power = expf((kKeep ? values[c] : toFloat(in[c])) - largest);
      if (kKeep) values[c] = power;
      sum += power;
    }
    const float scale = 1 / thread.reduce(sum, Sum{});
    for (int c = thread.lane(); c < end; c += thread.width) {
      y[row * classes + c] = (kKeep ? values[c] : expf(toFloat(in[c]) - largest)) * scale;
    }
  }
}

template <typename From, typename To>
__global__ void softmaxBackward(const From* dy, const float* y, To* dx, std::int64_t rows,
                                int classes, RowThread thread) {
  for (std::int64_t first = static_cast<std::int64_t>(blockIdx.x) * thread.rows(); first < rows;
       first += static_cast<std::int64_t>(gridDim.x) * thread.rows()) {
    const std::int64_t row = first + thread.row();
    const int end = row < rows ? classes : 0;
    const std::int64_t at = row * classes;
    float sum = 0;
    for (int c = thread.lane(); c < end; c += thread.width) sum += y[at + c] * toFloat(dy[at + c]);
    sum = thread.reduce(sum, Sum{});
    for (int c = thread.lane(); c < end; c += thread.width) {
      assign(dx[at + c], y[at + c] * (toFloat(dy[at + c]) - sum));
    }
  }
}

unsigned blocksOf(const SoftmaxRows& shape, const RowThread& thread) {
  return blocksFor(shape.rows * kThreads / thread.rows());
}

}  // namespace

void launchSoftmax(cudaStream_t stream, const SoftmaxRows& shape, DataType type, const void* x,
                   float* y) {
  const RowThread thread{rowWidth(shape.classes)};
  const auto classes = static_cast<int>(shape.classes);
  withElement(type, [&](auto element) {
    const auto* from = static_cast<const decltype(element)*>(x);
    if (thread.rows() * shape.classes <= kKept) {
      softmax<true>
          <<<blocksOf(shape, thread), kThreads, 0, stream>>>(from, y, shape.rows, classes, thread);
    } else {
      softmax<false>
          <<<blocksOf(shape, thread), kThreads, 0, stream>>>(from, y, shape.rows, classes, thread);
    }
  });
}

void launchSoftmaxBackward(cudaStream_t stream, const SoftmaxRows& shape, DataType dyType,
                           const void* dy, const float* y, DataType dxType, void* dx) {
  const RowThread thread{rowWidth(shape.classes)};
  withElement(dyType, [&](auto from) {
    withElement(dxType, [&](auto to) {
      softmaxBackward<<<blocksOf(shape, thread), kThreads, 0, stream>>>(
          static_cast<const decltype(from)*>(dy), y, static_cast<decltype(to)*>(dx), shape.rows,
          static_cast<int>(shape.classes), thread);
    });
  });
}

}  // namespace node_cudnn::cudnn
