// Max and average pooling over windows, and the average over all positions.
#include "pooling2d.h"

#include "../differentiator.h"
#include "../error.h"
#include "../op.h"

namespace node_cudnn {

Pooling2dParameters Pooling2dParameters::from(const Op& op) {
  const Pooling2dParameters p{pairOf(op.attributes, "poolSize", 1),
                              pairOf(op.attributes, "strides", 1), Padding2d::from(op.attributes)};
  const Padding2d& pad = p.padding;
  if (pad.top >= p.poolSize[0] || pad.bottom >= p.poolSize[0] || pad.left >= p.poolSize[1] ||
      pad.right >= p.poolSize[1]) {
    throw Error(ErrorCode::Option, op.place(), "padding must be smaller than the pool size");
  }
  return p;
}

Shape pooledShape(const Graph& graph, const Op& op, TensorId input) {
  requireRank(graph, op, input, 4, "[N,H,W,C]");
  const Pooling2dParameters p = Pooling2dParameters::from(op);
  const Shape& x = graph.shape(input);
  const std::int64_t height =
      windowPositions(x[1], p.padding.top, p.padding.bottom, p.poolSize[0], p.strides[0]);
  const std::int64_t width =
      windowPositions(x[2], p.padding.left, p.padding.right, p.poolSize[1], p.strides[1]);
  if (height < 1 || width < 1) {
    throw Error(ErrorCode::Shape, op.place(),
                "the window " + toString({p.poolSize[0], p.poolSize[1]}) +
                    " does not fit into the input " + toString(x));
  }
  return {x[0], height, width, x[3]};
}

namespace {

std::vector<Tensor> inferInputGradient(const Graph&, const Op& op) {
  return {{"", op.attributes.integers("inputShape"), ElementType::Float, Role::Gradient}};
}

// Contributes the op's backward twin, whose only extra attribute is the input's shape.
void contributeBackward(Differentiator& d, const Op& op, std::vector<TensorId> inputs) {
  Attributes attributes = op.attributes;
  attributes.set("inputShape", shapeAttribute(d.graph().shape(op.inputs[0])));
  d.contribute(op.inputs[0], d.graph()
                                 .add(std::string(op.type()) + "Backward", op.name + "/backward",
                                      std::move(inputs), attributes, Phase::Backward)
                                 .outputs[0]);
}

const RegisteredOp maxForward{{
    .type = "maxPooling2d",
    .use = OpUse::Model,
    .infer = [](const Graph& graph, const Op& op) -> std::vector<Tensor> {
      const Shape y = pooledShape(graph, op, op.inputs[0]);
      return {{"", y}, {"argmax", y, ElementType::Opaque, Role::Internal}};
    },
    .differentiate =
        [](Differentiator& d, const Op& op) {
          contributeBackward(d, op, {d.gradientOf(op.outputs[0]), op.outputs[1]});
        },
}};

const RegisteredOp maxBackward{{.type = "maxPooling2dBackward", .infer = inferInputGradient}};

const RegisteredOp averageForward{{
    .type = "averagePooling2d",
    .use = OpUse::Model,
    .infer = [](const Graph& graph, const Op& op) -> std::vector<Tensor> {
      return {{"", pooledShape(graph, op, op.inputs[0])}};
    },
    .differentiate = [](Differentiator& d,
                        const Op& op) { contributeBackward(d, op, {d.gradientOf(op.outputs[0])}); },
}};

const RegisteredOp averageBackward{
    {.type = "averagePooling2dBackward", .infer = inferInputGradient}};

const RegisteredOp globalForward{{
    .type = "globalAveragePooling2d",
    .use = OpUse::Model,
    .infer = [](const Graph& graph, const Op& op) -> std::vector<Tensor> {
      requireRank(graph, op, op.inputs[0], 4, "[N,H,W,C]");
      const Shape& x = graph.shape(op.inputs[0]);
      return {{"", {x[0], x[3]}}};
    },
    .differentiate = [](Differentiator& d,
                        const Op& op) { contributeBackward(d, op, {d.gradientOf(op.outputs[0])}); },
}};

const RegisteredOp globalBackward{
    {.type = "globalAveragePooling2dBackward", .infer = inferInputGradient}};

}  // namespace

}  // namespace node_cudnn
