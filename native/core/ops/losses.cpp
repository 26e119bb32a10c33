// Losses and metrics. A loss adds {sum, count} to its accumulator and writes its gradient with
// respect to the prediction; a metric adds only.
#include "../error.h"
#include "../op.h"

namespace node_cudnn {

namespace {

void requireTarget(const Graph& graph, const Op& op) {
  const Shape& prediction = graph.shape(op.inputs[0]);
  const Tensor& target = graph.tensor(op.inputs[1]);
  Shape expected = prediction;
  if (target.type == ElementType::Integer) expected.pop_back();
  if (prediction.size() < 2 || target.shape != expected) {
    throw Error(ErrorCode::Shape, op.place(),
                "for predictions " + toString(prediction) + " expected targets " +
                    toString(expected) + ", got " + toString(target.shape));
  }
  const Shape rows(prediction.begin(), prediction.end() - 1);
  if (op.inputs[2] != kNoTensor && graph.shape(op.inputs[2]) != rows) {
    throw Error(ErrorCode::Shape, op.place(),
                "expected sample weights " + toString(rows) + ", got " +
                    toString(graph.shape(op.inputs[2])));
  }
}

std::vector<Tensor> inferLoss(const Graph& graph, const Op& op) {
  requireTarget(graph, op);
  return {{"gradient", graph.shape(op.inputs[0]), ElementType::Float, Role::Gradient}};
}

std::vector<Tensor> inferMetric(const Graph& graph, const Op& op) {
  requireTarget(graph, op);
  op.attributes.number("threshold", 0.5);
  if (op.attributes.integer("k", 5) < 1) {
    throw Error(ErrorCode::Option, op.place(), "k must be at least 1");
  }
  return {};
}

OpDefinition loss(const char* type) {
  return {.type = type, .use = OpUse::Loss, .infer = inferLoss, .updatesInPlace = true};
}

OpDefinition metric(const char* type) {
  return {.type = type, .use = OpUse::Metric, .infer = inferMetric, .updatesInPlace = true};
}

const RegisteredOp softmaxCrossEntropy{loss("softmaxCrossEntropy")};
const RegisteredOp sigmoidCrossEntropy{loss("sigmoidCrossEntropy")};
const RegisteredOp categoricalCrossentropy{loss("categoricalCrossentropy")};
const RegisteredOp binaryCrossentropy{loss("binaryCrossentropy")};
const RegisteredOp meanSquaredError{loss("meanSquaredError")};
const RegisteredOp meanAbsoluteError{loss("meanAbsoluteError")};
const RegisteredOp sparseCategoricalAccuracy{metric("sparseCategoricalAccuracy")};
const RegisteredOp categoricalAccuracy{metric("categoricalAccuracy")};
const RegisteredOp binaryAccuracy{metric("binaryAccuracy")};
const RegisteredOp topKCategoricalAccuracy{metric("topKCategoricalAccuracy")};

}  // namespace

}  // namespace node_cudnn
