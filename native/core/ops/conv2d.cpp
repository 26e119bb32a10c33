// 2-D convolution (cross-correlation, as in Keras), channels-last, with groups.
#include "conv2d.h"

#include <algorithm>

#include "../differentiator.h"
#include "../error.h"
#include "../op.h"
#include "affine.h"

namespace node_cudnn {

std::array<std::int64_t, 2> pairOf(const Attributes& attributes, const std::string& name,
                                   std::int64_t minimum) {
  const std::vector<std::int64_t> values = attributes.integers(name);
  const auto fits = [&](std::int64_t n) { return n >= minimum && n <= kLongestWindow; };
  if (values.size() != 2 || !std::ranges::all_of(values, fits)) {
    throw Error(ErrorCode::Option, "attribute '" + name + "'",
                "expected two numbers from " + std::to_string(minimum) + " to " +
                    std::to_string(kLongestWindow) + ", got " + toString(values));
  }
  return {values[0], values[1]};
}

Padding2d Padding2d::from(const Attributes& attributes) {
  const std::vector<std::int64_t> p = attributes.integers("padding", {0, 0, 0, 0});
  const auto fits = [](std::int64_t n) { return n >= 0 && n <= kMostPadding; };
  if (p.size() != 4 || !std::ranges::all_of(p, fits)) {
    throw Error(ErrorCode::Option, "attribute 'padding'",
                "expected [top,bottom,left,right] from 0 to " + std::to_string(kMostPadding) +
                    ", got " + toString(p));
  }
  return {p[0], p[1], p[2], p[3]};
}

Conv2dParameters Conv2dParameters::from(const Op& op) {
  Conv2dParameters p;
  p.strides = pairOf(op.attributes, "strides", 1);
  p.dilations = op.attributes.has("dilations") ? pairOf(op.attributes, "dilations", 1)
                                               : std::array<std::int64_t, 2>{1, 1};
  p.padding = Padding2d::from(op.attributes);
  p.groups = op.attributes.integer("groups", 1);
  p.activation = op.attributes.text("activation", "linear");
  if (p.groups < 1 || p.groups > kLongestAxis) {
    throw Error(ErrorCode::Option, "attribute 'groups'",
                "expected at least 1, got " + std::to_string(p.groups));
  }
  requireFusable(op, p.activation);
  return p;
}

std::int64_t windowPositions(std::int64_t length, std::int64_t before, std::int64_t after,
                             std::int64_t size, std::int64_t stride, std::int64_t dilation) {
  const std::int64_t span = length + before + after - ((size - 1) * dilation + 1);
  return span < 0 ? 0 : span / stride + 1;
}

namespace {

void requireChannels(const Graph& graph, const Op& op, const Shape& x, const Shape& kernel,
                     std::int64_t groups) {
  if (kernel[2] * groups != x[3] || kernel[3] % groups != 0) {
    throw Error(ErrorCode::Shape, op.place(),
                "kernel " + toString(kernel) + " with groups " + std::to_string(groups) +
                    " expects " + std::to_string(kernel[2] * groups) +
                    " input channels and filters that are a multiple of groups, got input " +
                    toString(x));
  }
  const bool hasBias = op.inputs.size() > 2 && op.inputs[2] != kNoTensor;
  if (hasBias && graph.shape(op.inputs[2]) != Shape{kernel[3]}) {
    throw Error(ErrorCode::Shape, op.place(),
                "expected bias [" + std::to_string(kernel[3]) + "], got " +
                    toString(graph.shape(op.inputs[2])));
  }
}

std::vector<Tensor> inferForward(const Graph& graph, const Op& op) {
  requireRank(graph, op, op.inputs[0], 4, "[N,H,W,C]");
  requireRank(graph, op, op.inputs[1], 4, "[kh,kw,C/groups,K]");
  const Conv2dParameters p = Conv2dParameters::from(op);
  const Shape& x = graph.shape(op.inputs[0]);
  const Shape& kernel = graph.shape(op.inputs[1]);
  requireChannels(graph, op, x, kernel, p.groups);
  const Padding2d& pad = p.padding;
  const std::int64_t height =
      windowPositions(x[1], pad.top, pad.bottom, kernel[0], p.strides[0], p.dilations[0]);
  const std::int64_t width =
      windowPositions(x[2], pad.left, pad.right, kernel[1], p.strides[1], p.dilations[1]);
  if (height < 1 || width < 1) {
    throw Error(ErrorCode::Shape, op.place(),
                "the kernel " + toString(kernel) + " does not fit into the input " + toString(x));
  }
  return {{"", {x[0], height, width, kernel[3]}}};
}

// 2 operations for each kernel element at each output position.
double multiplyAdds(const Shape& output, const Shape& kernel) {
  return 2.0 * static_cast<double>(elementCount(output)) *
         static_cast<double>(elementCount({kernel[0], kernel[1], kernel[2]}));
}

void differentiateConv2d(Differentiator& d, const Op& op) {
  const TensorId gradient = gradientBeforeActivation(d, op);
  Attributes weights = op.attributes;
  weights.set("kernelShape", shapeAttribute(d.graph().shape(op.inputs[1])));
  Attributes input = op.attributes;
  input.set("inputShape", shapeAttribute(d.graph().shape(op.inputs[0])));
  contributeAffineGradients(d, op, gradient, weights, input);
}

const RegisteredOp forward{{
    .type = "conv2d",
    .use = OpUse::Model,
    .operands = {.weights = {true, false}},
    .infer = inferForward,
    .differentiate = differentiateConv2d,
    .flops =
        [](const Graph& graph, const Op& op) {
          return multiplyAdds(graph.shape(op.outputs[0]), graph.shape(op.inputs[1]));
        },
}};

const RegisteredOp backwardInput{{
    .type = "conv2dBackwardInput",
    .infer = [](const Graph&, const Op& op) -> std::vector<Tensor> {
      return {{"", op.attributes.integers("inputShape"), ElementType::Float, Role::Gradient}};
    },
    .differentiate = {},
    .flops =
        [](const Graph& graph, const Op& op) {
          return multiplyAdds(graph.shape(op.inputs[0]), graph.shape(op.inputs[1]));
        },
}};

const RegisteredOp backwardWeights{{
    .type = "conv2dBackwardWeights",
    .infer = [](const Graph&, const Op& op) -> std::vector<Tensor> {
      const Shape kernel = op.attributes.integers("kernelShape");
      return {{"kernel", kernel, ElementType::Float, Role::Gradient},
              {"bias", {kernel.at(3)}, ElementType::Float, Role::Gradient}};
    },
    .differentiate = {},
    .flops =
        [](const Graph& graph, const Op& op) {
          return multiplyAdds(graph.shape(op.inputs[1]), op.attributes.integers("kernelShape"));
        },
}};

}  // namespace

}  // namespace node_cudnn
