// Local response normalization and batch normalization.
#include "../differentiator.h"
#include "../error.h"
#include "../op.h"
#include "conv2d.h"

namespace node_cudnn {

namespace {

Tensor like(const Graph& graph, TensorId id, Role role = Role::Activation, std::string name = "") {
  return {std::move(name), graph.shape(id), ElementType::Float, role};
}

// y = x / (bias + alpha sum x^2)^beta over the channels [c - depthRadius, c + depthRadius]
// (Krizhevsky, Sutskever, Hinton 2012, section 3.3; alpha as in TensorFlow, not divided).
const RegisteredOp lrnForward{{
    .type = "localResponseNormalization",
    .use = OpUse::Model,
    .infer = [](const Graph& graph, const Op& op) -> std::vector<Tensor> {
      requireRank(graph, op, op.inputs[0], 4, "[N,H,W,C]");
      const std::int64_t radius = op.attributes.integer("depthRadius");
      if (radius < 0 || radius > kLongestWindow) {
        throw Error(ErrorCode::Option, op.place(),
                    "depthRadius must be at least 0 and at most " + std::to_string(kLongestWindow) +
                        ", got " + std::to_string(radius));
      }
      for (const char* name : {"bias", "alpha", "beta"}) op.attributes.number(name);
      return {like(graph, op.inputs[0]),
              {"workspace", graph.shape(op.inputs[0]), ElementType::Opaque, Role::Internal}};
    },
    .differentiate =
        [](Differentiator& d, const Op& op) {
          const TensorId dy = d.gradientOf(op.outputs[0]);
          d.contribute(op.inputs[0],
                       d.graph()
                           .add("localResponseNormalizationBackward", op.name + "/backward",
                                {op.inputs[0], op.outputs[0], dy, op.outputs[1]}, op.attributes,
                                Phase::Backward)
                           .outputs[0]);
        },
}};

const RegisteredOp lrnBackward{{
    .type = "localResponseNormalizationBackward",
    .infer = [](const Graph& graph, const Op& op) -> std::vector<Tensor> {
      return {like(graph, op.inputs[0], Role::Gradient)};
    },
}};

std::vector<Tensor> inferBatchNormalization(const Graph& graph, const Op& op) {
  const Shape& x = graph.shape(op.inputs[0]);
  if (x.size() < 2) {
    throw Error(ErrorCode::Shape, op.place(), "expected input [...,C], got " + toString(x));
  }
  if (!(op.attributes.number("epsilon") >= 0)) {
    throw Error(ErrorCode::Option, op.place(), "epsilon must be at least 0");
  }
  op.attributes.boolean("training");
  const Shape channels{x.back()};
  for (std::size_t i = 1; i < op.inputs.size(); ++i) {
    if (op.inputs[i] != kNoTensor && graph.shape(op.inputs[i]) != channels) {
      throw Error(ErrorCode::Shape, op.place(),
                  "expected parameters " + toString(channels) + ", got " +
                      toString(graph.shape(op.inputs[i])));
    }
  }
  return {like(graph, op.inputs[0]),
          {"mean", channels, ElementType::Float, Role::Internal},
          {"variance", channels, ElementType::Float, Role::Internal}};
}

void differentiateBatchNormalization(Differentiator& d, const Op& op) {
  const bool training = op.attributes.boolean("training");
  const TensorId x = op.inputs[0];
  const TensorId gamma = op.inputs[1];
  const TensorId beta = op.inputs[2];
  const TensorId mean = training ? op.outputs[1] : op.inputs[3];
  const TensorId variance = training ? op.outputs[2] : op.inputs[4];
  std::vector<int> unwanted;
  if (!d.needsGradient(x)) unwanted.push_back(0);
  if (!d.needsGradient(gamma)) unwanted.push_back(1);
  if (!d.needsGradient(beta)) unwanted.push_back(2);
  const TensorId dy = d.gradientOf(op.outputs[0]);
  const std::vector<TensorId> outputs =
      d.graph()
          .add("batchNormalizationBackward", op.name + "/backward", {x, dy, gamma, mean, variance},
               op.attributes, Phase::Backward, unwanted)
          .outputs;
  if (outputs[0] != kNoTensor) d.contribute(x, outputs[0]);
  if (outputs[1] != kNoTensor) d.contribute(gamma, outputs[1]);
  if (outputs[2] != kNoTensor) d.contribute(beta, outputs[2]);
}

const RegisteredOp batchForward{{
    .type = "batchNormalization",
    .use = OpUse::Model,
    .operands = {.weights = {false, false, true, true}},
    .infer = inferBatchNormalization,
    .differentiate = differentiateBatchNormalization,
}};

const RegisteredOp batchBackward{{
    .type = "batchNormalizationBackward",
    .infer = [](const Graph& graph, const Op& op) -> std::vector<Tensor> {
      const Shape channels{graph.shape(op.inputs[0]).back()};
      return {like(graph, op.inputs[0], Role::Gradient),
              {"gamma", channels, ElementType::Float, Role::Gradient},
              {"beta", channels, ElementType::Float, Role::Gradient}};
    },
}};

const RegisteredOp movingAverage{{
    .type = "movingAverage",
    .infer = [](const Graph&, const Op&) -> std::vector<Tensor> { return {}; },
    .updatesInPlace = true,
}};

}  // namespace

}  // namespace node_cudnn
