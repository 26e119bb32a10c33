// Batch normalization of inference as part of the kernel before it: with
// s = gamma / sqrt(variance + epsilon), the kernel s kernel and the bias (bias - mean) s + beta.
#include "../error.h"
#include "../op.h"

namespace node_cudnn {

namespace {

const RegisteredOp fold{{
    .type = "foldBatchNormalization",
    .infer = [](const Graph& graph, const Op& op) -> std::vector<Tensor> {
      const Shape& kernel = graph.shape(op.inputs.at(0));
      const Shape channels{kernel.back()};
      for (std::size_t i = 1; i < 6; ++i) {
        const TensorId id = op.inputs.at(i);
        if (id != kNoTensor && graph.shape(id) != channels) {
          throw Error(
              ErrorCode::Shape, op.place(),
              "expected parameters " + toString(channels) + ", got " + toString(graph.shape(id)));
        }
      }
      op.attributes.number("epsilon");
      return {{"kernel", kernel, ElementType::Float, Role::Internal},
              {"bias", channels, ElementType::Float, Role::Internal}};
    },
}};

}  // namespace

}  // namespace node_cudnn
