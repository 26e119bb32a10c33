#include "loss_run.h"

namespace node_cudnn::test {

LossOutput runLoss(std::string_view backend, const LossInput& input, double before) {
  Graph graph;
  const Shape rows(input.shape.begin(), input.shape.end() - 1);
  const Shape targetShape = input.labels ? rows : input.shape;
  const TensorId prediction =
      graph.addTensor({"prediction", input.shape, ElementType::Float, Role::Input});
  const TensorId target =
      graph.addTensor({"target", targetShape,
                       input.labels ? ElementType::Integer : ElementType::Float, Role::Target});
  const TensorId weights =
      input.weights.empty()
          ? kNoTensor
          : graph.addTensor({"weights", rows, ElementType::Float, Role::SampleWeight});
  const TensorId accumulator =
      graph.addTensor({"accumulator", {2}, ElementType::Double, Role::Accumulator});
  const std::vector<TensorId> outputs =
      graph
          .add(input.type, "loss", {prediction, target, weights, accumulator}, input.attributes,
               Phase::Loss)
          .outputs;
  graph.results = outputs;
  GraphRunner runner(backend, graph);
  runner.set(prediction, input.predictions);
  runner.set(target, input.targets);
  if (weights != kNoTensor) runner.set(weights, input.weights);
  runner.set(accumulator, {before, before});
  runner.run();
  const Values sums = runner.get(accumulator);
  return {sums[0], sums[1], outputs.empty() ? Values{} : runner.get(outputs[0])};
}

}  // namespace node_cudnn::test
