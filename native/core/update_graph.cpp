#include "update_graph.h"

#include <string>

#include "op.h"

namespace node_cudnn {

namespace {

void addMovingAverages(Graph& graph, const Op& op, TensorId norms) {
  const Attributes attributes{{"momentum", op.attributes.number("momentum")}};
  for (std::size_t i = 0; i < 2; ++i) {
    graph.add("movingAverage", op.name + (i == 0 ? "/movingMean" : "/movingVariance"),
              {op.inputs[3 + i], op.outputs[1 + i], norms}, attributes, Phase::Update);
  }
}

// Weight, gradient and state of each weight that is updated.
std::vector<TensorId> optimizerInputs(ModelGraph& model, const ModelSpec& spec,
                                      const SlotTable& slots,
                                      const std::vector<TensorId>& gradients) {
  std::vector<TensorId> inputs{model.norms};
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    if (gradients[i] == kNoTensor) continue;
    inputs.push_back(model.weights[i]);
    inputs.push_back(gradients[i]);
    for (std::size_t s = 0; s < slots.stateWeights.size(); ++s) {
      if (slots.stateWeights[s] != i) continue;
      inputs.push_back(
          model.graph.addTensor({slots.stateNames[s], spec.weights[i].shape, ElementType::Float,
                                 Role::OptimizerState, static_cast<std::int32_t>(slots.state(s))}));
    }
  }
  return inputs;
}

}  // namespace

TensorId addAccumulator(ModelGraph& model, const SlotTable& slots, std::size_t result) {
  const TensorId id = model.graph.addTensor({slots.results[result],
                                             {2},
                                             ElementType::Double,
                                             Role::Accumulator,
                                             static_cast<std::int32_t>(slots.accumulator(result))});
  model.accumulators.push_back(id);
  return id;
}

void addPenalties(ModelGraph& model, const ModelSpec& spec, const SlotTable& slots,
                  std::int64_t samples, std::vector<TensorId>* gradients) {
  TensorId accumulator = kNoTensor;
  for (std::size_t i = 0; i < spec.weights.size(); ++i) {
    const WeightSpec& weight = spec.weights[i];
    if (!isPenalized(weight)) continue;
    if (accumulator == kNoTensor) {
      accumulator = addAccumulator(model, slots, slots.results.size() - 1);
    }
    const TensorId gradient = gradients != nullptr ? (*gradients)[i] : kNoTensor;
    const Op& op = model.graph.add(
        "penalty", weight.name + "/penalty", {model.weights[i], accumulator, gradient},
        {{"l1", weight.l1}, {"l2", weight.l2}, {"samples", static_cast<double>(samples)}},
        Phase::Update, gradients != nullptr ? std::vector<int>{} : std::vector<int>{0});
    if (gradients != nullptr) (*gradients)[i] = op.outputs[0];
  }
}

void addUpdates(ModelGraph& model, const ModelSpec& spec, const TrainingSpec& training,
                const SlotTable& slots, const std::vector<TensorId>& gradients) {
  Graph& graph = model.graph;
  const std::vector<Op> forward = graph.ops();  // a copy: adding ops moves the list
  std::vector<TensorId> checked = model.accumulators;
  for (const TensorId gradient : gradients) {
    if (gradient != kNoTensor) checked.push_back(gradient);
  }
  const Attributes accumulators{{"accumulators", static_cast<double>(model.accumulators.size())}};
  model.norms =
      graph.add("gradientNorm", "gradientNorm", checked, accumulators, Phase::Update).outputs[0];
  graph.results.push_back(model.norms);
  for (const Op& op : forward) {
    const bool averages = op.type() == "batchNormalization" && op.attributes.boolean("training");
    if (averages) addMovingAverages(graph, op, model.norms);
  }
  const std::vector<TensorId> inputs = optimizerInputs(model, spec, slots, gradients);
  if (inputs.size() > 1) {
    graph.add(training.optimizer.type, training.optimizer.type, inputs,
              training.optimizer.attributes, Phase::Update);
  }
}

}  // namespace node_cudnn
