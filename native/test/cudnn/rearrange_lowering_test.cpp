// Activations, sums, softmax and the ops that move values: which are graphs, which are launches of
// the backend's own, and which are nothing but another name for the same memory.
#include <gtest/gtest.h>

#include "cudnn/kernels/permute.h"
#include "numbers.h"
#include "op_commands.h"

namespace node_cudnn::test {

namespace {

Attributes function(const std::string& name) { return {{"function", name}, {"alpha", 0.5}}; }

class ActivationLowering : public testing::TestWithParam<std::tuple<const char*, const char*>> {};

TEST_P(ActivationLowering, IsAGraphForReluAlone) {
  const auto& [name, precision] = GetParam();
  PlanningDevice device("h100", precision);
  const OneOp op("activation", {{3, 5, 7, 6}}, function(name));
  const Schedule schedule = device.lower(op.graph);
  const bool relu = std::string(name) == "relu";
  EXPECT_EQ(nodesOf(schedule, "op"), (std::vector<Nodes>{relu ? Nodes{"relu"} : Nodes{}}));
  EXPECT_EQ(nodesOf(schedule, "op/backward"),
            (std::vector<Nodes>{relu ? Nodes{"relu backward"} : Nodes{}}));
  const Command& backward = *commandsOf(schedule, "op/backward")[0];
  EXPECT_TRUE(readsBuffer(backward, bufferOf(schedule, op.outputs[0])));
  EXPECT_TRUE(readsBuffer(backward, bufferOf(schedule, op.dy)));
}

INSTANTIATE_TEST_SUITE_P(H100, ActivationLowering,
                         testing::Combine(testing::Values("relu", "leakyRelu", "elu", "sigmoid",
                                                          "tanh", "softplus"),
                                          testing::Values("tf32", "bf16")));

// Both tensors lie in the same memory, and no command moved anything.
void expectSameMemory(const OneOp& op) {
  PlanningDevice device("h100", "bf16");
  const Schedule schedule = device.lower(op.graph);
  const auto aliasOf = [&](TensorId id) {
    return schedule.buffers[static_cast<std::size_t>(bufferOf(schedule, id))].aliasOf;
  };
  EXPECT_EQ(aliasOf(op.outputs[0]), bufferOf(schedule, op.inputs[0]));
  EXPECT_EQ(aliasOf(op.gradients[0]), bufferOf(schedule, op.dy));
  EXPECT_TRUE(commandsOf(schedule, "op").empty());
  EXPECT_TRUE(commandsOf(schedule, "op/backward").empty());
}

// cuDNN takes no pointwise graph over one channel: it is shown the values as channels.
TEST(ActivationLowering, IsAGraphForOneChannel) {
  PlanningDevice device("h100", "bf16");
  const OneOp op("activation", {{4, 3, 2, 1}}, function("relu"));
  const Schedule schedule = device.lower(op.graph);
  EXPECT_EQ(nodesOf(schedule, "op"), (std::vector<Nodes>{{"relu"}}));
  EXPECT_EQ(nodesOf(schedule, "op/backward"), (std::vector<Nodes>{{"relu backward"}}));
}

TEST(ActivationLowering, TakesASingleValueInAKernel) {
  PlanningDevice device("h100", "tf32");
  for (const char* name : {"relu", "sigmoid"}) {
    const Schedule schedule = device.lower(OneOp("activation", {{1, 1}}, function(name)).graph);
    ASSERT_EQ(nodesOf(schedule, "op"), (std::vector<Nodes>{{}}));
    ASSERT_EQ(nodesOf(schedule, "op/backward"), (std::vector<Nodes>{{}}));
    const std::string detail = commandsOf(schedule, "op")[0]->detail;
    EXPECT_TRUE(detail.starts_with(name)) << detail;
  }
}

TEST(RearrangeLowering, NamesTheSameMemoryAgain) {
  expectSameMemory({"reshape", {{2, 3, 4, 5}}, {{"shape", list({60})}}});
  expectSameMemory({"activation", {{2, 3}}, function("linear")});
  expectSameMemory({"permute", {{2, 1, 4, 5}}, {{"dims", list({2, 1, 3})}}});
}

TEST(RearrangeLowering, MovesValuesInOneLaunch) {
  PlanningDevice device("h100", "bf16");
  const OneOp ops[] = {{"permute", {{2, 3, 4, 5}}, {{"dims", list({3, 1, 2})}}},
                       {"upSampling2d", {{2, 3, 4, 8}}, {{"size", list({2, 3})}}},
                       {"softmax", {{4, 10}}, {}}};
  for (const OneOp& op : ops) {
    const Schedule schedule = device.lower(op.graph);
    for (const char* name : {"op", "op/backward"}) {
      EXPECT_EQ(nodesOf(schedule, name), (std::vector<Nodes>{{}}));
    }
  }
}

TEST(RearrangeLowering, ConcatenatesInOneLaunchAndSlicesBack) {
  PlanningDevice device("h100", "tf32");
  const OneOp op("concatenate", {{2, 3, 4, 5}, {2, 3, 4, 2}, {2, 3, 4, 1}}, {{"axis", 3.0}});
  const Schedule schedule = device.lower(op.graph);
  const std::vector<const Command*> commands = commandsOf(schedule, "op");
  ASSERT_EQ(commands.size(), 1U);
  for (const TensorId input : op.inputs) {
    EXPECT_TRUE(readsBuffer(*commands[0], bufferOf(schedule, input)));
  }
  for (std::size_t i = 0; i < op.inputs.size(); ++i) {
    const std::vector<const Command*> slices =
        commandsOf(schedule, "op/backward" + std::to_string(i));
    ASSERT_EQ(slices.size(), 1U);
    EXPECT_TRUE(writesBuffer(*slices[0], bufferOf(schedule, op.gradients[i])));
  }
}

TEST(RearrangeLowering, KeepsProbabilitiesInFloat32) {
  PlanningDevice device("h100", "bf16");
  const OneOp op("softmax", {{4, 10}}, {});
  const Schedule schedule = device.lower(op.graph);
  EXPECT_EQ(layoutOf(schedule, bufferOf(schedule, op.outputs[0])).text(), "f32");
  EXPECT_EQ(layoutOf(schedule, bufferOf(schedule, op.gradients[0])).text(), "bf16");
}

TEST(AddLowering, SumsInOneGraph) {
  PlanningDevice device("h100", "bf16");
  const OneOp two("add", {{2, 3, 4, 5}, {2, 3, 4, 5}}, {});
  EXPECT_EQ(nodesOf(device.lower(two.graph), "op"), (std::vector<Nodes>{{"add"}}));
  const OneOp four("add", {{8, 16}, {8, 16}, {8, 16}, {8, 16}}, {});
  EXPECT_EQ(nodesOf(device.lower(four.graph), "op"), (std::vector<Nodes>{{"add", "add", "add"}}));
}

TEST(AddLowering, JoinsRelu) {
  PlanningDevice device("h100", "tf32");
  Graph graph;
  const TensorId a = graph.addTensor({"a", {2, 8, 8, 16}, ElementType::Float, Role::Input});
  const TensorId b = graph.addTensor({"b", {2, 8, 8, 16}, ElementType::Float, Role::Input});
  const TensorId sum = graph.add("add", "op", {a, b}).outputs[0];
  graph.results = {graph.add("activation", "relu", {sum}, function("relu")).outputs[0]};
  const Schedule schedule = device.lower(graph);
  EXPECT_EQ(nodesOf(schedule, "op"), (std::vector<Nodes>{{"add", "relu"}}));
  EXPECT_TRUE(commandsOf(schedule, "relu").empty());
}

// A convolution that is used twice: its gradients are summed, and meet the weights in sgd.
TEST(AddLowering, SumsGradientsInTheWeightsOwnOrder) {
  for (const char* precision : {"tf32", "bf16"}) {
    Graph graph;
    const TensorId x = graph.addTensor({"x", {2, 6, 6, 8}, ElementType::Float, Role::Input});
    const TensorId kernel = graph.addTensor({"w", {3, 3, 8, 8}, ElementType::Float, Role::Weight});
    const TensorId bias = graph.addTensor({"b", {8}, ElementType::Float, Role::Weight});
    const Attributes same{{"strides", list({1, 1})}, {"padding", list({1, 1, 1, 1})}};
    const TensorId once = graph.add("conv2d", "once", {x, kernel, bias}, same).outputs[0];
    const TensorId twice = graph.add("conv2d", "twice", {once, kernel, bias}, same).outputs[0];
    const TensorId dy = graph.addTensor({"dy", {2, 6, 6, 8}, ElementType::Float, Role::Input});
    Differentiator differentiator(graph, {kernel, bias});
    differentiator.seed(twice, dy);
    differentiator.run();
    const TensorId dkernel = differentiator.gradientOf(kernel);
    const TensorId dbias = differentiator.gradientOf(bias);
    const TensorId norms =
        graph.add("gradientNorm", "norms", {dkernel, dbias}, {{"accumulators", 0.0}}, Phase::Update)
            .outputs[0];
    graph.add("sgd", "sgd", {norms, kernel, dkernel, bias, dbias}, {}, Phase::Update);
    PlanningDevice device("h100", precision);
    const Schedule schedule = device.lower(graph);
    const std::string type = std::string(precision) == "bf16" ? "bf16" : "f32";
    EXPECT_EQ(layoutOf(schedule, bufferOf(schedule, dkernel)).text(), "krsc " + type);
    EXPECT_EQ(layoutOf(schedule, bufferOf(schedule, dbias)).type(), cudnn::DataType::Float32);
  }
}

TEST(AddLowering, TakesSingleValuesOneByOne) {
  PlanningDevice device("h100", "tf32");
  const OneOp op("add", {{1, 1}, {1, 1}, {1, 1}}, {});
  const Schedule schedule = device.lower(op.graph);
  EXPECT_EQ(nodesOf(schedule, "op"), (std::vector<Nodes>{{}, {}}));
  EXPECT_TRUE(commandsOf(schedule, "op")[1]->detail.starts_with("add; split: "));
  EXPECT_TRUE(writesBuffer(*commandsOf(schedule, "op")[1], bufferOf(schedule, op.outputs[0])));
}

TEST(AddLowering, TakesATensorTwice) {
  PlanningDevice device("h100", "tf32");
  Graph graph;
  const TensorId a = graph.addTensor({"a", {2, 8}, ElementType::Float, Role::Input});
  graph.results = {graph.add("add", "op", {a, a}).outputs[0]};
  const Schedule schedule = device.lower(graph);
  const std::vector<const Command*> commands = commandsOf(schedule, "op");
  ASSERT_EQ(commands.size(), 1U);
  EXPECT_EQ(commands[0]->reads, (std::vector<BufferId>{bufferOf(schedule, a)}));
}

// Sizes and steps of the permuted axes that are left when neighbours are joined.
std::vector<std::vector<std::int64_t>> axesOf(const Shape& shape,
                                              const std::vector<std::size_t>& order) {
  const auto permutation = cudnn::Permutation::of(shape, order);
  if (!permutation) return {};
  std::vector<std::vector<std::int64_t>> axes;
  for (int i = 0; i < permutation->rank; ++i) {
    axes.push_back({permutation->sizes[i], permutation->steps[i]});
  }
  return axes;
}

using Axes = std::vector<std::vector<std::int64_t>>;

TEST(Permutation, JoinsAxesThatStaySideBySide) {
  EXPECT_EQ(axesOf({2, 3, 4, 5}, {0, 1, 2, 3}), (Axes{{120, 1}}));
  EXPECT_EQ(axesOf({2, 3, 4, 5}, {0, 3, 1, 2}), (Axes{{2, 60}, {5, 1}, {12, 5}}));
  EXPECT_EQ(axesOf({2, 3, 4, 5}, {0, 2, 1, 3}), (Axes{{2, 60}, {4, 5}, {3, 20}, {5, 1}}));
  EXPECT_EQ(axesOf({2, 3, 4, 5}, {0, 3, 2, 1}), (Axes{{2, 60}, {5, 1}, {4, 5}, {3, 20}}));
}

TEST(Permutation, LeavesOutAxesOfOne) {
  EXPECT_EQ(axesOf({1, 1, 1}, {0, 2, 1}), (Axes{{1, 1}}));
  EXPECT_EQ(axesOf({2, 1, 4, 1}, {0, 3, 2, 1}), (Axes{{8, 1}}));
}

TEST(Permutation, HasSixAxesAtMost) {
  const Shape shape{2, 2, 2, 2, 2, 2, 2};
  EXPECT_EQ(axesOf(shape, {0, 6, 5, 4, 3, 2, 1}), Axes{});
  EXPECT_EQ(axesOf(shape, {0, 6, 5, 4, 3, 1, 2}).size(), 6U);
}

}  // namespace

}  // namespace node_cudnn::test
