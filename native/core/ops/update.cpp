// The end of a training step: penalties, the gradients' norms and the optimizers.
#include "../error.h"
#include "../op.h"

namespace node_cudnn {

namespace {

const RegisteredOp penalty{{
    .type = "penalty",
    .infer = [](const Graph& graph, const Op& op) -> std::vector<Tensor> {
      return {{"", graph.shape(op.inputs[0]), ElementType::Float, Role::Gradient}};
    },
    .updatesInPlace = true,
}};

const RegisteredOp gradientNorm{{
    .type = "gradientNorm",
    .infer = [](const Graph&, const Op& op) -> std::vector<Tensor> {
      const std::int64_t gradients =
          static_cast<std::int64_t>(op.inputs.size()) - op.attributes.integer("accumulators");
      return {{"", {1 + gradients}, ElementType::Double, Role::Internal}};
    },
}};

void requireUnit(const Op& op, const char* name) {
  const double value = op.attributes.number(name, 0);
  if (!(value >= 0 && value < 1)) {
    throw Error(ErrorCode::Option, op.place(),
                std::string(name) + " must be in [0,1), got " + std::to_string(value));
  }
}

std::vector<Tensor> inferOptimizer(const Graph& graph, const Op& op, std::size_t stride) {
  for (const char* name : {"momentum", "beta1", "beta2"}) requireUnit(op, name);
  for (const char* name : {"weightDecay", "clipNorm", "globalClipNorm", "clipValue", "epsilon"}) {
    if (!(op.attributes.number(name, 0) >= 0)) {
      throw Error(ErrorCode::Option, op.place(), std::string(name) + " must be at least 0");
    }
  }
  const std::string mode = op.attributes.text("weightDecayMode", "decoupled");
  if (mode != "decoupled" && mode != "l2") {
    throw Error(ErrorCode::Option, op.place(),
                "weightDecayMode must be 'decoupled' or 'l2', got '" + mode + "'");
  }
  for (std::size_t i = 1; i + stride <= op.inputs.size(); i += stride) {
    for (std::size_t j = 1; j < stride; ++j) {
      if (graph.shape(op.inputs[i + j]) != graph.shape(op.inputs[i])) {
        throw Error(ErrorCode::Internal, op.place(), "a weight's gradient has another shape");
      }
    }
  }
  return {};
}

const RegisteredOp sgd{{
    .type = "sgd",
    .use = OpUse::Optimizer,
    .infer =
        [](const Graph& graph, const Op& op) {
          return inferOptimizer(graph, op, op.attributes.number("momentum", 0) > 0 ? 3 : 2);
        },
    .updatesInPlace = true,
}};

const RegisteredOp adam{{
    .type = "adam",
    .use = OpUse::Optimizer,
    .infer = [](const Graph& graph, const Op& op) { return inferOptimizer(graph, op, 4); },
    .updatesInPlace = true,
}};

}  // namespace

}  // namespace node_cudnn
