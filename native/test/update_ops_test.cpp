// Penalties, norms with accumulators and moving averages.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "backend_test.h"
#include "closeness.h"
#include "values.h"

namespace node_cudnn::test {

namespace {

class UpdateOps : public OnEveryBackend {};

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

struct PenaltyRun {
  double sum;
  Values gradient;
};

PenaltyRun runPenalty(const std::string& backend, const Values& weights, const Values& gradient) {
  Graph graph;
  const Shape shape{static_cast<std::int64_t>(weights.size())};
  const TensorId weight = graph.addTensor({"weight", shape, ElementType::Float, Role::Weight});
  const TensorId accumulator =
      graph.addTensor({"penalty", {2}, ElementType::Double, Role::Accumulator});
  const TensorId before =
      gradient.empty() ? kNoTensor
                       : graph.addTensor({"gradient", shape, ElementType::Float, Role::Input});
  const TensorId after = graph
                             .add("penalty", "penalty", {weight, accumulator, before},
                                  {{"l1", 0.1}, {"l2", 0.5}, {"samples", 3.0}}, Phase::Update)
                             .outputs[0];
  graph.results = {after};
  GraphRunner runner(backend, graph);
  runner.set(weight, weights);
  runner.set(accumulator, {2, 0});
  if (before != kNoTensor) runner.set(before, gradient);
  runner.run();
  return {runner.get(accumulator)[0], runner.get(after)};
}

TEST_P(UpdateOps, PenaltyAddsToTheLossAndToTheGradient) {
  const PenaltyRun run = runPenalty(GetParam(), {1, -2, 0}, {10, 20, 30});
  EXPECT_NEAR(run.sum, 2 + 3 * (0.1 * 3 + 0.5 * 5), 1e-6) << "not once for each sample";
  EXPECT_TRUE(isClose("gradient", run.gradient, {10 + 0.1 + 1, 20 - 0.1 - 2, 30}, near()));
}

TEST_P(UpdateOps, PenaltyOfAWeightThatTheLossDoesNotReach) {
  const PenaltyRun run = runPenalty(GetParam(), {1, -2, 0}, {});
  EXPECT_TRUE(isClose("gradient", run.gradient, {1.1, -2.1, 0}, near()));
}

Values normsOf(const std::string& backend, const Values& accumulator, const Values& gradient) {
  Graph graph;
  const TensorId sums = graph.addTensor({"loss", {2}, ElementType::Double, Role::Accumulator});
  const TensorId first = graph.addTensor(
      {"gradient", {static_cast<std::int64_t>(gradient.size())}, ElementType::Float, Role::Input});
  const TensorId norms =
      graph.add("gradientNorm", "norms", {sums, first}, {{"accumulators", 1.0}}, Phase::Update)
          .outputs[0];
  graph.results = {norms};
  GraphRunner runner(backend, graph);
  runner.set(sums, accumulator);
  runner.set(first, gradient);
  runner.run();
  return runner.get(norms);
}

TEST_P(UpdateOps, NormsLeaveAccumulatorsOutOfTheSum) {
  EXPECT_TRUE(isClose("norms", normsOf(GetParam(), {100, 1}, {3, 4}), {25, 25}, 1e-6));
}

TEST_P(UpdateOps, ALossThatIsNotFiniteShowsInTheNorms) {
  EXPECT_TRUE(std::isnan(normsOf(GetParam(), {kNan, 1}, {3, 4})[0]));
  EXPECT_TRUE(
      std::isnan(normsOf(GetParam(), {std::numeric_limits<double>::infinity(), 1}, {3, 4})[0]));
}

TEST_P(UpdateOps, OneBadElementAmongManyShowsInTheNorms) {
  for (const std::size_t at : {std::size_t{0}, std::size_t{4999}, std::size_t{10000}}) {
    Values gradient(10001, 0.5);
    gradient[at] = kNan;
    EXPECT_TRUE(std::isnan(normsOf(GetParam(), {0, 0}, gradient)[0])) << at;
  }
}

// What the first accumulator holds behind the norms.
double lossBehindNorms(const std::string& backend, double gradientElement) {
  Graph graph;
  const TensorId loss = graph.addTensor({"loss", {2}, ElementType::Double, Role::Accumulator});
  const TensorId gradient = graph.addTensor({"gradient", {2}, ElementType::Float, Role::Input});
  graph.results =
      graph.add("gradientNorm", "norms", {loss, gradient}, {{"accumulators", 1.0}}, Phase::Update)
          .outputs;
  GraphRunner runner(backend, graph);
  runner.set(loss, {7, 1});
  runner.set(gradient, {1, gradientElement});
  runner.run();
  return runner.get(loss)[0];
}

TEST_P(UpdateOps, AGradientThatIsNotFiniteMarksTheFirstAccumulator) {
  EXPECT_EQ(lossBehindNorms(GetParam(), 2), 7);
  EXPECT_TRUE(std::isnan(lossBehindNorms(GetParam(), kNan)));
}

Values movingAfter(const std::string& backend, double norm) {
  Graph graph;
  const TensorId moving = graph.addTensor({"moving", {3}, ElementType::Float, Role::Weight});
  const TensorId value = graph.addTensor({"value", {3}, ElementType::Float, Role::Input});
  const TensorId gradient = graph.addTensor({"gradient", {1}, ElementType::Float, Role::Input});
  const TensorId norms =
      graph.add("gradientNorm", "norms", {gradient}, {{"accumulators", 0.0}}, Phase::Update)
          .outputs[0];
  graph.add("movingAverage", "average", {moving, value, norms}, {{"momentum", 0.9}}, Phase::Update);
  GraphRunner runner(backend, graph);
  runner.set(moving, {1, 2, 3});
  runner.set(value, {11, 2, -7});
  runner.set(gradient, {norm});
  runner.run();
  return runner.get(moving);
}

TEST_P(UpdateOps, MovingAverage) {
  EXPECT_TRUE(isClose("moving", movingAfter(GetParam(), 1), {2, 2, 2}, near()));
}

TEST_P(UpdateOps, MovingAverageStaysWhenTheStepIsNotFinite) {
  EXPECT_EQ(movingAfter(GetParam(), kNan), (Values{1, 2, 3}));
}

INSTANTIATE_TEST_SUITE_P(Backends, UpdateOps, testing::ValuesIn(backendNames()), backendOf);

}  // namespace

}  // namespace node_cudnn::test
