// Passes change the graph as meant and the numbers not at all.
#include "core/passes/passes.h"

#include <gtest/gtest.h>

#include "backend_test.h"
#include "closeness.h"
#include "core/differentiator.h"
#include "numbers.h"
#include "values.h"

namespace node_cudnn::test {

namespace {

std::vector<std::string> typesOf(const Graph& graph) {
  std::vector<std::string> types;
  for (const Op& op : graph.ops()) types.emplace_back(op.type());
  return types;
}

using Types = std::vector<std::string>;

struct DenseThenActivation {
  explicit DenseThenActivation(const std::string& function) {
    const TensorId x = graph.addTensor({"x", {2, 3}, ElementType::Float, Role::Input});
    const TensorId kernel = graph.addTensor({"k", {3, 4}, ElementType::Float, Role::Weight});
    sum = graph.add("dense", "dense", {x, kernel}).outputs[0];
    bent = graph.add("activation", "bent", {sum}, {{"function", function}}).outputs[0];
    graph.results = {bent};
  }

  Graph graph;
  TensorId sum, bent;
};

struct DenseThenNormalization {
  explicit DenseThenNormalization(bool training = false) {
    const TensorId x = graph.addTensor({"x", {5, 3}, ElementType::Float, Role::Input});
    const auto weight = [&](const char* name, Shape shape) {
      return graph.addTensor({name, std::move(shape), ElementType::Float, Role::Weight});
    };
    sum = graph.add("dense", "dense", {x, weight("kernel", {3, 4})}).outputs[0];
    normal = graph
                 .add("batchNormalization", "norm",
                      {sum, weight("gamma", {4}), kNoTensor, weight("mean", {4}),
                       weight("variance", {4})},
                      {{"epsilon", 1e-3}, {"training", training}}, Phase::Forward,
                      training ? std::vector<int>{} : std::vector<int>{1, 2})
                 .outputs[0];
    graph.results = {normal};
  }

  Graph graph;
  TensorId sum, normal;
};

TEST(FoldBatchNormalizations, ScalesTheKernelInstead) {
  DenseThenNormalization made;
  foldBatchNormalizations(made.graph);
  ASSERT_EQ(typesOf(made.graph), (Types{"foldBatchNormalization", "dense"}));
  EXPECT_EQ(made.graph.ops()[1].inputs[1], made.graph.ops()[0].outputs[0]);
  EXPECT_EQ(made.graph.ops()[1].inputs[2], made.graph.ops()[0].outputs[1]);
  EXPECT_EQ(made.graph.ops()[1].outputs, (std::vector<TensorId>{made.normal}));
}

TEST(FoldBatchNormalizations, LeavesTrainingAndASumThatSomethingElseReads) {
  DenseThenNormalization training(true);
  foldBatchNormalizations(training.graph);
  EXPECT_EQ(typesOf(training.graph), (Types{"dense", "batchNormalization"}));
  DenseThenNormalization read;
  read.graph.add("softmax", "softmax", {read.sum});
  foldBatchNormalizations(read.graph);
  EXPECT_EQ(typesOf(read.graph), (Types{"dense", "batchNormalization", "softmax"}));
  DenseThenNormalization result;
  result.graph.results.push_back(result.sum);
  foldBatchNormalizations(result.graph);
  EXPECT_EQ(typesOf(result.graph), (Types{"dense", "batchNormalization"}));
}

TEST(FuseActivations, JoinsReluIntoTheOpBeforeIt) {
  DenseThenActivation made("relu");
  fuseActivations(made.graph);
  EXPECT_EQ(typesOf(made.graph), (Types{"dense"}));
  EXPECT_EQ(made.graph.ops()[0].attributes.text("activation"), "relu");
  EXPECT_EQ(made.graph.ops()[0].outputs, (std::vector<TensorId>{made.bent}));
}

TEST(FuseActivations, LeavesOtherFunctions) {
  DenseThenActivation made("tanh");
  fuseActivations(made.graph);
  EXPECT_EQ(typesOf(made.graph), (Types{"dense", "activation"}));
}

TEST(FuseActivations, LeavesASumThatSomethingElseReads) {
  DenseThenActivation read("relu");
  read.graph.add("softmax", "softmax", {read.sum});
  fuseActivations(read.graph);
  EXPECT_EQ(typesOf(read.graph), (Types{"dense", "activation", "softmax"}));
  DenseThenActivation result("relu");
  result.graph.results.push_back(result.sum);
  fuseActivations(result.graph);
  EXPECT_EQ(typesOf(result.graph), (Types{"dense", "activation"}));
}

// dropout, ReLU and overlapping max pooling, with the backward ops.
struct ReluThenPool {
  explicit ReluThenPool(bool readTwice = false) {
    x = graph.addTensor({"x", {2, 7, 5, 3}, ElementType::Float, Role::Input});
    const TensorId scaled =
        graph.add("rescaling", "scale", {x}, {{"scale", 2.0}, {"offset", -1.5}}).outputs[0];
    const TensorId bent =
        graph.add("activation", "relu", {scaled}, {{"function", std::string("relu")}}).outputs[0];
    const Attributes windows{
        {"poolSize", list({3, 3})}, {"strides", list({2, 2})}, {"padding", list({1, 1, 1, 1})}};
    TensorId y = graph.add("maxPooling2d", "pool", {bent}, windows).outputs[0];
    dy = graph.addTensor({"dy", graph.shape(y), ElementType::Float, Role::Input});
    Differentiator differentiator(graph, {x});
    differentiator.seed(y, dy);
    if (readTwice) {
      extra = graph.addTensor({"extra", graph.shape(bent), ElementType::Float, Role::Input});
      differentiator.seed(bent, extra);
    }
    differentiator.run();
    dx = differentiator.gradientOf(x);
    graph.results = {dx};
  }

  Values gradient(const std::string& backend, Kind kind) const {
    GraphRunner runner(backend, graph);
    runner.set(x, makeValues(graph.shape(x), kind, 1));
    runner.set(dy, makeValues(graph.shape(dy), Kind::Normal, 2));
    if (extra != kNoTensor) runner.set(extra, makeValues(graph.shape(extra), Kind::Normal, 3));
    runner.run();
    return runner.get(dx);
  }

  Graph graph;
  TensorId x, dy, dx, extra = kNoTensor;
};

class MoveReluBackward : public OnEveryBackend {};

TEST_P(MoveReluBackward, GivesTheSameGradient) {
  for (const Kind kind : {Kind::Normal, Kind::Ties, Kind::Distinct}) {
    const ReluThenPool plain;
    ReluThenPool moved;
    moveReluBackwardBeforePooling(moved.graph);
    ASSERT_NE(typesOf(moved.graph), typesOf(plain.graph));
    EXPECT_TRUE(
        isClose("dx", moved.gradient(GetParam(), kind), plain.gradient(GetParam(), kind), 1e-6));
  }
}

TEST_P(MoveReluBackward, KeepsTheOtherReadersOfTheRelu) {
  const ReluThenPool plain(true);
  ReluThenPool moved(true);
  moveReluBackwardBeforePooling(moved.graph);
  EXPECT_TRUE(isClose("dx", moved.gradient(GetParam(), Kind::Normal),
                      plain.gradient(GetParam(), Kind::Normal), 1e-6));
}

INSTANTIATE_TEST_SUITE_P(Backends, MoveReluBackward, testing::ValuesIn(backendNames()), backendOf);

}  // namespace

}  // namespace node_cudnn::test
