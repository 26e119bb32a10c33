#include "activation.h"
#include "block.cuh"
#include "element.cuh"

namespace node_cudnn::cudnn {

namespace {

struct LeakyRelu {
  float alpha;
  __device__ float slope(float y) const { return y > 0 ? 1 : alpha; }
};
struct Elu {
  float alpha;
  __device__ float slope(float y) const { return y > 0 ? 1 : y + alpha; }
};
struct Sigmoid {
  __device__ float slope(float y) const { return y * (1 - y); }
};
struct Tanh {
  __device__ float slope(float y) const { return 1 - y * y; }
};
// y = log(1 + exp(x)), so exp(-y) = 1 - sigmoid(x).
struct Softplus {
  __device__ float slope(float y) const { return -expm1f(-y); }
};

template <typename Element, typename Function>
__global__ void activationBackward(const Element* dy, const Element* y, Element* dx,
                                   std::int64_t count, Function function) {
  forElements<8>(
      count,
      [=](std::int64_t i) {
        float gradient[8];
        float output[8];
        load(dy + i, gradient);
        load(y + i, output);
#pragma unroll
        for (int j = 0; j < 8; ++j) gradient[j] *= function.slope(output[j]);
        store(dx + i, gradient);
      },
      [=](std::int64_t i) { assign(dx[i], toFloat(dy[i]) * function.slope(toFloat(y[i]))); });
}

template <typename Function>
void launch(cudaStream_t stream, Function function, const ActivationGradient& gradient) {
  withElement(gradient.type, [&](auto element) {
    using Element = decltype(element);
    activationBackward<<<blocksFor((gradient.count + 7) / 8), kThreads, 0, stream>>>(
        static_cast<const Element*>(gradient.dy), static_cast<const Element*>(gradient.y),
        static_cast<Element*>(gradient.dx), gradient.count, function);
  });
}

}  // namespace

void launchActivationBackward(cudaStream_t stream, ActivationFunction function, float alpha,
                              const ActivationGradient& gradient) {
  switch (function) {
    case ActivationFunction::LeakyRelu:
      return launch(stream, LeakyRelu{alpha}, gradient);
    case ActivationFunction::Elu:
      return launch(stream, Elu{alpha}, gradient);
    case ActivationFunction::Sigmoid:
      return launch(stream, Sigmoid{}, gradient);
    case ActivationFunction::Tanh:
      return launch(stream, Tanh{}, gradient);
    case ActivationFunction::Softplus:
      return launch(stream, Softplus{}, gradient);
  }
}

}  // namespace node_cudnn::cudnn
