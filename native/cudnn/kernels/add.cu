#include "add.h"
#include "block.cuh"
#include "element.cuh"

namespace node_cudnn::cudnn {

namespace {

template <typename Element>
__global__ void add(const Element* a, const Element* b, Element* sum, std::int64_t count,
                    bool relu) {
  const auto result = [=](float x, float y) { return relu && x + y < 0 ? 0 : x + y; };
  forElements<8>(
      count,
      [=](std::int64_t i) {
        float x[8];
        float y[8];
        load(a + i, x);
        load(b + i, y);
#pragma unroll
        for (int j = 0; j < 8; ++j) x[j] = result(x[j], y[j]);
        store(sum + i, x);
      },
      [=](std::int64_t i) { assign(sum[i], result(toFloat(a[i]), toFloat(b[i]))); });
}

}  // namespace

void launchAdd(cudaStream_t stream, const Addition& addition) {
  withElement(addition.type, [&](auto element) {
    using Element = decltype(element);
    add<<<blocksFor((addition.count + 7) / 8), kThreads, 0, stream>>>(
        static_cast<const Element*>(addition.a), static_cast<const Element*>(addition.b),
        static_cast<Element*>(addition.sum), addition.count, addition.relu);
  });
}

}  // namespace node_cudnn::cudnn
