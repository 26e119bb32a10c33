#include "activation.h"
#include "block.cuh"
#include "element.cuh"

namespace node_cudnn::cudnn {

namespace {

// value: y of x; slope: dy/dx, told from y. NaN stays NaN.
struct Relu {
  __device__ float value(float x) const { return x < 0 ? 0 : x; }
  __device__ float slope(float y) const { return y > 0 ? 1 : 0; }
};
struct LeakyRelu {
  float alpha;
  __device__ float value(float x) const { return x > 0 ? x : alpha * x; }
  __device__ float slope(float y) const { return y > 0 ? 1 : alpha; }
};
struct Elu {
  float alpha;
  __device__ float value(float x) const { return x > 0 ? x : alpha * expm1f(x); }
  __device__ float slope(float y) const { return y > 0 ? 1 : y + alpha; }
};
struct Sigmoid {
  __device__ float value(float x) const { return 1 / (1 + expf(-x)); }
  __device__ float slope(float y) const { return y * (1 - y); }
};
struct Tanh {
  __device__ float value(float x) const { return tanhf(x); }
  __device__ float slope(float y) const { return 1 - y * y; }
};
// y = log(1 + exp(x)), so exp(-y) = 1 - sigmoid(x).
struct Softplus {
  __device__ float value(float x) const { return (x < 0 ? 0 : x) + log1pf(expf(-fabsf(x))); }
  __device__ float slope(float y) const { return -expm1f(-y); }
};

template <typename Element, typename Function>
__global__ void activation(const Element* x, Element* y, std::int64_t count, Function function) {
  forElements<8>(
      count,
      [=](std::int64_t i) {
        float values[8];
        load(x + i, values);
#pragma unroll
        for (int j = 0; j < 8; ++j) values[j] = function.value(values[j]);
        store(y + i, values);
      },
      [=](std::int64_t i) { assign(y[i], function.value(toFloat(x[i]))); });
}

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

// Calls body(F{...}) with the function's type.
template <typename Body>
void withFunction(ActivationFunction function, float alpha, const Body& body) {
  switch (function) {
    case ActivationFunction::Relu:
      return body(Relu{});
    case ActivationFunction::LeakyRelu:
      return body(LeakyRelu{alpha});
    case ActivationFunction::Elu:
      return body(Elu{alpha});
    case ActivationFunction::Sigmoid:
      return body(Sigmoid{});
    case ActivationFunction::Tanh:
      return body(Tanh{});
    case ActivationFunction::Softplus:
      return body(Softplus{});
  }
}

}  // namespace

void launchActivation(cudaStream_t stream, ActivationFunction function, float alpha,
                      const ActivationValues& values) {
  withFunction(function, alpha, [&](auto f) {
    withElement(values.type, [&](auto element) {
      using Element = decltype(element);
      activation<<<blocksFor((values.count + 7) / 8), kThreads, 0, stream>>>(
          static_cast<const Element*>(values.x), static_cast<Element*>(values.y), values.count, f);
    });
  });
}

void launchActivationBackward(cudaStream_t stream, ActivationFunction function, float alpha,
                              const ActivationGradient& gradient) {
  withFunction(function, alpha, [&](auto f) {
    withElement(gradient.type, [&](auto element) {
      using Element = decltype(element);
      activationBackward<<<blocksFor((gradient.count + 7) / 8), kThreads, 0, stream>>>(
          static_cast<const Element*>(gradient.dy), static_cast<const Element*>(gradient.y),
          static_cast<Element*>(gradient.dx), gradient.count, f);
    });
  });
}

}  // namespace node_cudnn::cudnn
