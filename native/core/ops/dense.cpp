// Fully connected layer over the last axis: y = x W + b.
#include "../differentiator.h"
#include "../error.h"
#include "../op.h"
#include "affine.h"

namespace node_cudnn {

namespace {

std::vector<Tensor> inferForward(const Graph& graph, const Op& op) {
  requireRank(graph, op, op.inputs[1], 2, "[I,O] (the kernel)");
  requireFusable(op, op.attributes.text("activation", "linear"));
  Shape y = graph.shape(op.inputs[0]);
  const Shape& kernel = graph.shape(op.inputs[1]);
  if (y.size() < 2 || y.back() != kernel[0]) {
    throw Error(ErrorCode::Shape, op.place(),
                "expected input [...," + std::to_string(kernel[0]) + "], got " + toString(y));
  }
  if (op.inputs.size() > 2 && op.inputs[2] != kNoTensor &&
      graph.shape(op.inputs[2]) != Shape{kernel[1]}) {
    throw Error(ErrorCode::Shape, op.place(),
                "expected bias [" + std::to_string(kernel[1]) + "], got " +
                    toString(graph.shape(op.inputs[2])));
  }
  y.back() = kernel[1];
  return {{"", y}};
}

void differentiateDense(Differentiator& d, const Op& op) {
  contributeAffineGradients(d, op, gradientBeforeActivation(d, op), {}, {});
}

double multiplyAdds(const Graph& graph, TensorId output, std::int64_t inputUnits) {
  return 2.0 * static_cast<double>(elementCount(graph.shape(output))) *
         static_cast<double>(inputUnits);
}

const RegisteredOp forward{{
    .type = "dense",
    .use = OpUse::Model,
    .operands = {.weights = {true, false}},
    .infer = inferForward,
    .differentiate = differentiateDense,
    .flops =
        [](const Graph& graph, const Op& op) {
          return multiplyAdds(graph, op.outputs[0], graph.shape(op.inputs[0]).back());
        },
}};

const RegisteredOp backwardInput{{
    .type = "denseBackwardInput",
    .infer = [](const Graph& graph, const Op& op) -> std::vector<Tensor> {
      Shape x = graph.shape(op.inputs[0]);
      x.back() = graph.shape(op.inputs[1])[0];
      return {{"", x, ElementType::Float, Role::Gradient}};
    },
    .flops =
        [](const Graph& graph, const Op& op) {
          return multiplyAdds(graph, op.outputs[0], graph.shape(op.inputs[0]).back());
        },
}};

const RegisteredOp backwardWeights{{
    .type = "denseBackwardWeights",
    .infer = [](const Graph& graph, const Op& op) -> std::vector<Tensor> {
      const std::int64_t units = graph.shape(op.inputs[1]).back();
      return {
          {"kernel", {graph.shape(op.inputs[0]).back(), units}, ElementType::Float, Role::Gradient},
          {"bias", {units}, ElementType::Float, Role::Gradient}};
    },
    .flops =
        [](const Graph& graph, const Op& op) {
          return multiplyAdds(graph, op.inputs[1], graph.shape(op.inputs[0]).back());
        },
}};

}  // namespace

}  // namespace node_cudnn
