#include "affine.h"

#include "../error.h"
#include "../op.h"

namespace node_cudnn {

void requireFusable(const Op& op, const std::string& activation) {
  if (activation == "linear" || activation == "relu") return;
  throw Error(ErrorCode::Option, op.place(),
              "activation must be 'linear' or 'relu', got '" + activation + "'");
}

TensorId gradientBeforeActivation(Differentiator& differentiator, const Op& op) {
  const TensorId gradient = differentiator.gradientOf(op.outputs[0]);
  const std::string activation = op.attributes.text("activation", "linear");
  if (activation == "linear") return gradient;
  return differentiator.graph()
      .add("activationBackward", op.name + "/backwardActivation", {gradient, op.outputs[0]},
           {{"function", activation}}, Phase::Backward)
      .outputs[0];
}

void contributeAffineGradients(Differentiator& differentiator, const Op& op, TensorId gradient,
                               const Attributes& weightAttributes,
                               const Attributes& inputAttributes) {
  Graph& graph = differentiator.graph();
  const std::string type(op.type());
  const TensorId x = op.inputs[0];
  const TensorId kernel = op.inputs[1];
  const TensorId bias = op.inputs.size() > 2 ? op.inputs[2] : kNoTensor;
  const bool needsBias = differentiator.needsGradient(bias);
  if (differentiator.needsGradient(kernel) || needsBias) {
    const std::vector<TensorId> outputs =
        graph
            .add(type + "BackwardWeights", op.name + "/backwardWeights", {x, gradient},
                 weightAttributes, Phase::Backward,
                 needsBias ? std::vector<int>{} : std::vector<int>{1})
            .outputs;
    if (differentiator.needsGradient(kernel)) differentiator.contribute(kernel, outputs[0]);
    if (needsBias) differentiator.contribute(bias, outputs[1]);
  }
  if (differentiator.needsGradient(x)) {
    differentiator.contribute(x, graph
                                     .add(type + "BackwardInput", op.name + "/backwardInput",
                                          {gradient, kernel}, inputAttributes, Phase::Backward)
                                     .outputs[0]);
  }
}

}  // namespace node_cudnn
