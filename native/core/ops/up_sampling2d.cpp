// Nearest-neighbour upsampling: each pixel becomes a rectangle of size [h,w].
#include "../differentiator.h"
#include "../error.h"
#include "../op.h"
#include "conv2d.h"

namespace node_cudnn {

namespace {

const RegisteredOp forward{{
    .type = "upSampling2d",
    .use = OpUse::Model,
    .infer = [](const Graph& graph, const Op& op) -> std::vector<Tensor> {
      requireRank(graph, op, op.inputs[0], 4, "[N,H,W,C]");
      const auto [height, width] = pairOf(op.attributes, "size", 1);
      const Shape& x = graph.shape(op.inputs[0]);
      return {{"", {x[0], x[1] * height, x[2] * width, x[3]}}};
    },
    .differentiate =
        [](Differentiator& d, const Op& op) {
          Attributes attributes = op.attributes;
          attributes.set("inputShape", shapeAttribute(d.graph().shape(op.inputs[0])));
          d.contribute(op.inputs[0],
                       d.graph()
                           .add("upSampling2dBackward", op.name + "/backward",
                                {d.gradientOf(op.outputs[0])}, attributes, Phase::Backward)
                           .outputs[0]);
        },
}};

const RegisteredOp backward{{
    .type = "upSampling2dBackward",
    .infer = [](const Graph&, const Op& op) -> std::vector<Tensor> {
      return {{"", op.attributes.integers("inputShape"), ElementType::Float, Role::Gradient}};
    },
}};

}  // namespace

}  // namespace node_cudnn
