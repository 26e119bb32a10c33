// Fully connected layer over the last axis: y = x W + b.
#include "../differentiator.h"
#include "../error.h"
#include "../op.h"

namespace node_cudnn {

namespace {

std::vector<Tensor> inferForward(const Graph& graph, const Op& op) {
  requireRank(graph, op, op.inputs[1], 2, "[I,O] (the kernel)");
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
  Graph& graph = d.graph();
  TensorId gradient = d.gradientOf(op.outputs[0]);
  if (op.attributes.text("activation", "linear") == "relu") {
    gradient = graph
                   .add("activationBackward", op.name + "/backwardActivation",
                        {gradient, op.outputs[0]}, {{"function", "relu"}}, Phase::Backward)
                   .outputs[0];
  }
  const TensorId x = op.inputs[0];
  const TensorId kernel = op.inputs[1];
  const TensorId bias = op.inputs.size() > 2 ? op.inputs[2] : kNoTensor;
  if (d.needsGradient(kernel) || d.needsGradient(bias)) {
    const std::vector<TensorId> outputs =
        graph
            .add("denseBackwardWeights", op.name + "/backwardWeights", {x, gradient}, {},
                 Phase::Backward, d.needsGradient(bias) ? std::vector<int>{} : std::vector<int>{1})
            .outputs;
    if (d.needsGradient(kernel)) d.contribute(kernel, outputs[0]);
    if (d.needsGradient(bias)) d.contribute(bias, outputs[1]);
  }
  if (d.needsGradient(x)) {
    d.contribute(x, graph
                        .add("denseBackwardInput", op.name + "/backwardInput", {gradient, kernel},
                             {}, Phase::Backward)
                        .outputs[0]);
  }
}

double multiplyAdds(const Graph& graph, TensorId output, std::int64_t inputUnits) {
  return 2.0 * static_cast<double>(elementCount(graph.shape(output)) * inputUnits);
}

const RegisteredOp forward{{
    .type = "dense",
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
