// Ops that move values without computing: reshape, permute, concatenate and its gradient's slices.
#include <algorithm>

#include "../differentiator.h"
#include "../error.h"
#include "../op.h"

namespace node_cudnn {

namespace {

std::vector<Tensor> inferReshape(const Graph& graph, const Op& op) {
  const Shape& x = graph.shape(op.inputs[0]);
  Shape y = op.attributes.integers("shape");
  y.insert(y.begin(), x.at(0));
  if (elementCount(y) != elementCount(x)) {
    throw Error(ErrorCode::Shape, op.place(),
                "cannot reshape " + toString(x) + " to " + toString(y));
  }
  return {{"", y}};
}

const RegisteredOp reshape{{
    .type = "reshape",
    .use = OpUse::Model,
    .infer = inferReshape,
    .differentiate =
        [](Differentiator& d, const Op& op) {
          const AttributeValue inputShape = shapeAttribute(d.graph().shape(op.inputs[0]));
          d.contribute(op.inputs[0], d.graph()
                                         .add("reshapeBackward", op.name + "/backward",
                                              {d.gradientOf(op.outputs[0])},
                                              {{"inputShape", inputShape}}, Phase::Backward)
                                         .outputs[0]);
        },
}};

const RegisteredOp reshapeBackward{{
    .type = "reshapeBackward",
    .infer = [](const Graph&, const Op& op) -> std::vector<Tensor> {
      return {{"", op.attributes.integers("inputShape"), ElementType::Float, Role::Gradient}};
    },
}};

// The axes after the batch, counted from 1, each once.
std::vector<std::int64_t> permutedAxes(const Op& op, const Shape& x) {
  const std::vector<std::int64_t> dims = op.attributes.integers("dims");
  std::vector<std::int64_t> sorted = dims;
  std::ranges::sort(sorted);
  bool valid = dims.size() + 1 == x.size();
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    valid = valid && sorted[i] == static_cast<std::int64_t>(i) + 1;
  }
  if (!valid) {
    throw Error(ErrorCode::Option, op.place(),
                "dims " + toString(dims) + " must name each axis after the batch of " +
                    toString(x) + " once, counted from 1");
  }
  return dims;
}

void differentiatePermute(Differentiator& d, const Op& op) {
  const std::vector<std::int64_t> dims = permutedAxes(op, d.graph().shape(op.inputs[0]));
  std::vector<double> inverse(dims.size());
  for (std::size_t i = 0; i < dims.size(); ++i) {
    inverse[static_cast<std::size_t>(dims[i] - 1)] = static_cast<double>(i + 1);
  }
  d.contribute(op.inputs[0],
               d.graph()
                   .add("permute", op.name + "/backward", {d.gradientOf(op.outputs[0])},
                        {{"dims", inverse}}, Phase::Backward)
                   .outputs[0]);
}

const RegisteredOp permute{{
    .type = "permute",
    .use = OpUse::Model,
    .infer = [](const Graph& graph, const Op& op) -> std::vector<Tensor> {
      const Shape& x = graph.shape(op.inputs[0]);
      Shape y{x.at(0)};
      for (const std::int64_t axis : permutedAxes(op, x)) {
        y.push_back(x[static_cast<std::size_t>(axis)]);
      }
      const bool backward = op.phase == Phase::Backward;
      return {{"", y, ElementType::Float, backward ? Role::Gradient : Role::Activation}};
    },
    .differentiate = differentiatePermute,
}};

std::size_t axisOf(const Op& op, const Shape& shape) {
  const std::int64_t axis = op.attributes.integer("axis");
  if (axis < 1 || axis >= static_cast<std::int64_t>(shape.size())) {
    throw Error(
        ErrorCode::Option, op.place(),
        "axis " + std::to_string(axis) + " is not an axis after the batch of " + toString(shape));
  }
  return static_cast<std::size_t>(axis);
}

std::vector<Tensor> inferConcatenate(const Graph& graph, const Op& op) {
  Shape y = graph.shape(op.inputs[0]);
  const std::size_t axis = axisOf(op, y);
  y[axis] = 0;
  for (const TensorId input : op.inputs) {
    Shape x = graph.shape(input);
    const std::int64_t length = x.size() == y.size() ? x[axis] : 0;
    if (x.size() == y.size()) x[axis] = y[axis];
    if (x != y) {
      throw Error(ErrorCode::Shape, op.place(),
                  "inputs must agree on every axis but " + std::to_string(axis) + ", got " +
                      toString(graph.shape(op.inputs[0])) + " and " + toString(graph.shape(input)));
    }
    y[axis] += length;
  }
  return {{"", y}};
}

void differentiateConcatenate(Differentiator& d, const Op& op) {
  const TensorId gradient = d.gradientOf(op.outputs[0]);
  const std::size_t axis = axisOf(op, d.graph().shape(op.outputs[0]));
  std::int64_t begin = 0;
  for (std::size_t i = 0; i < op.inputs.size(); ++i) {
    const std::int64_t size = d.graph().shape(op.inputs[i])[axis];
    if (d.needsGradient(op.inputs[i])) {
      const Attributes attributes{{"axis", static_cast<double>(axis)},
                                  {"begin", static_cast<double>(begin)},
                                  {"size", static_cast<double>(size)}};
      d.contribute(op.inputs[i], d.graph()
                                     .add("slice", op.name + "/backward" + std::to_string(i),
                                          {gradient}, attributes, Phase::Backward)
                                     .outputs[0]);
    }
    begin += size;
  }
}

const RegisteredOp concatenate{{
    .type = "concatenate",
    .use = OpUse::Model,
    .operands = {.leastValues = 2, .mostValues = Operands::kMany},
    .infer = inferConcatenate,
    .differentiate = differentiateConcatenate,
}};

const RegisteredOp slice{{
    .type = "slice",
    .infer = [](const Graph& graph, const Op& op) -> std::vector<Tensor> {
      Shape y = graph.shape(op.inputs[0]);
      const std::size_t axis = axisOf(op, y);
      const std::int64_t begin = op.attributes.integer("begin");
      const std::int64_t size = op.attributes.integer("size");
      if (begin < 0 || size < 1 || begin + size > y[axis]) {
        throw Error(ErrorCode::Shape, op.place(), "the slice lies outside " + toString(y));
      }
      y[axis] = size;
      return {{"", y, ElementType::Float, Role::Gradient}};
    },
}};

}  // namespace

}  // namespace node_cudnn
