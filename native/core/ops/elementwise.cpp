// Ops that keep the shape: activations, softmax, dropout, rescaling and sums.
#include <cmath>

#include "../differentiator.h"
#include "../error.h"
#include "../op.h"

namespace node_cudnn {

namespace {

std::vector<Tensor> inferSame(const Graph& graph, const Op& op) {
  return {{"", graph.shape(op.inputs[0])}};
}

std::vector<Tensor> inferGradient(const Graph& graph, const Op& op) {
  return {{"", graph.shape(op.inputs[0]), ElementType::Float, Role::Gradient}};
}

// Contributes <type>Backward(dy[, y]).
void contributeBackward(Differentiator& d, const Op& op, bool needsOutput) {
  std::vector<TensorId> inputs{d.gradientOf(op.outputs[0])};
  if (needsOutput) inputs.push_back(op.outputs[0]);
  d.contribute(op.inputs[0], d.graph()
                                 .add(std::string(op.type()) + "Backward", op.name + "/backward",
                                      inputs, op.attributes, Phase::Backward)
                                 .outputs[0]);
}

std::vector<Tensor> inferActivation(const Graph& graph, const Op& op) {
  const std::string& function = op.attributes.text("function");
  for (const char* known : {"linear", "relu", "leakyRelu", "elu", "sigmoid", "tanh", "softplus"}) {
    if (function == known) {
      if (op.attributes.number("alpha", 0) < 0) {
        throw Error(ErrorCode::Option, op.place(), "alpha must be at least 0");
      }
      return inferSame(graph, op);
    }
  }
  throw Error(ErrorCode::Option, op.place(), "no activation is called '" + function + "'");
}

std::vector<Tensor> inferDropout(const Graph& graph, const Op& op) {
  const double rate = op.attributes.number("rate");
  if (!(rate >= 0 && rate <= 1)) {
    throw Error(ErrorCode::Option, op.place(),
                "rate must be in [0,1], got " + std::to_string(rate));
  }
  const double stream = op.attributes.number("stream", 0);
  if (!(stream >= 0 && stream <= 0xFFFFFFFF && std::floor(stream) == stream)) {
    throw Error(ErrorCode::Option, op.place(),
                "stream must be a whole number below 2^32, got " + std::to_string(stream));
  }
  return inferSame(graph, op);
}

std::vector<Tensor> inferSoftmax(const Graph& graph, const Op& op) {
  if (graph.shape(op.inputs[0]).size() < 2) {
    throw Error(ErrorCode::Shape, op.place(),
                "expected input [...,C], got " + toString(graph.shape(op.inputs[0])));
  }
  return inferSame(graph, op);
}

std::vector<Tensor> inferRescaling(const Graph& graph, const Op& op) {
  op.attributes.number("scale");
  op.attributes.number("offset", 0);
  return inferSame(graph, op);
}

std::vector<Tensor> inferAdd(const Graph& graph, const Op& op) {
  for (const TensorId input : op.inputs) {
    if (graph.shape(input) != graph.shape(op.inputs[0])) {
      throw Error(ErrorCode::Shape, op.place(),
                  "expected inputs of one shape, got " + toString(graph.shape(op.inputs[0])) +
                      " and " + toString(graph.shape(input)));
    }
  }
  return {{"", graph.shape(op.inputs[0]), ElementType::Float,
           op.phase == Phase::Backward ? Role::Gradient : Role::Activation}};
}

const auto withOutput = [](Differentiator& d, const Op& op) { contributeBackward(d, op, true); };
const auto withoutOutput = [](Differentiator& d, const Op& op) {
  contributeBackward(d, op, false);
};

const RegisteredOp activation{{.type = "activation",
                               .use = OpUse::Model,
                               .infer = inferActivation,
                               .differentiate = withOutput}};
const RegisteredOp activationBackward{{.type = "activationBackward", .infer = inferGradient}};
const RegisteredOp softmax{
    {.type = "softmax", .use = OpUse::Model, .infer = inferSoftmax, .differentiate = withOutput}};
const RegisteredOp softmaxBackward{{.type = "softmaxBackward", .infer = inferGradient}};
const RegisteredOp dropout{{.type = "dropout",
                            .use = OpUse::Model,
                            .infer = inferDropout,
                            .differentiate = withoutOutput}};
const RegisteredOp dropoutBackward{{.type = "dropoutBackward", .infer = inferGradient}};
const RegisteredOp rescaling{{.type = "rescaling",
                              .use = OpUse::Model,
                              .infer = inferRescaling,
                              .differentiate = withoutOutput}};
const RegisteredOp rescalingBackward{{.type = "rescalingBackward", .infer = inferGradient}};

const RegisteredOp add{{
    .type = "add",
    .use = OpUse::Model,
    .operands = {.leastValues = 2, .mostValues = Operands::kMany},
    .infer = inferAdd,
    .differentiate =
        [](Differentiator& d, const Op& op) {
          const TensorId gradient = d.gradientOf(op.outputs[0]);
          for (const TensorId input : op.inputs) {
            if (d.needsGradient(input)) d.contribute(input, gradient);
          }
        },
}};

}  // namespace

}  // namespace node_cudnn
