// Pooling as cuDNN graphs; the backend's own kernels where cuDNN's index is too small.
#include <gtest/gtest.h>

#include <array>
#include <ostream>

#include "errors.h"
#include "numbers.h"
#include "op_commands.h"

namespace node_cudnn::test {

namespace {

struct Window {
  const char* name;
  Shape x;
  std::array<double, 2> size;
  std::array<double, 2> strides;
  std::array<double, 4> padding{0, 0, 0, 0};  // top, bottom, left, right

  Attributes attributes() const {
    return {{"poolSize", std::vector<double>(size.begin(), size.end())},
            {"strides", std::vector<double>(strides.begin(), strides.end())},
            {"padding", std::vector<double>(padding.begin(), padding.end())}};
  }
};

std::ostream& operator<<(std::ostream& out, const Window& window) { return out << window.name; }

const Window kWindows[] = {
    {"AlexNetFirst", {128, 55, 55, 96}, {3, 3}, {2, 2}},
    {"UnequalPadding", {128, 8, 8, 96}, {3, 3}, {2, 2}, {0, 1, 0, 1}},
    {"OneChannel", {1, 5, 7, 1}, {2, 3}, {3, 4}},
    {"OddGeometry", {2, 17, 19, 6}, {3, 2}, {2, 1}, {1, 1, 0, 1}},
};

class PoolingLowering : public testing::TestWithParam<std::tuple<Window, const char*>> {};

TEST_P(PoolingLowering, IsOneGraphEachWay) {
  const auto& [window, precision] = GetParam();
  PlanningDevice device("h100", precision);
  for (const std::string kind : {"max", "average"}) {
    const OneOp op(kind + "Pooling2d", {window.x}, window.attributes());
    const Schedule schedule = device.lower(op.graph);
    // cuDNN's averages in bfloat16 are wrong on a device.
    const bool own = kind == "average" && std::string(precision) == "bf16";
    EXPECT_EQ(nodesOf(schedule, "op"),
              (std::vector<Nodes>{own ? Nodes{} : Nodes{kind + " pooling"}}));
    EXPECT_EQ(nodesOf(schedule, "op/backward"),
              (std::vector<Nodes>{own ? Nodes{} : Nodes{kind + " pooling backward"}}));
  }
}

INSTANTIATE_TEST_SUITE_P(H100, PoolingLowering,
                         testing::Combine(testing::ValuesIn(kWindows),
                                          testing::Values("tf32", "bf16")),
                         [](const auto& info) {
                           return std::string(std::get<0>(info.param).name) + "_" +
                                  std::get<1>(info.param);
                         });

const Window kSmall{"Small", {2, 6, 5, 8}, {2, 2}, {2, 2}};

TEST(MaxPoolingLowering, KeepsOneByteAnOutputForTheBackwardPass) {
  PlanningDevice device("h100", "bf16");
  const OneOp op("maxPooling2d", {kSmall.x}, kSmall.attributes());
  const Schedule schedule = device.lower(op.graph);
  const BufferId argmax = bufferOf(schedule, op.outputs[1]);
  EXPECT_EQ(layoutOf(schedule, argmax).bytes(), 2U * 3 * 2 * 8);
  EXPECT_TRUE(writesBuffer(*commandsOf(schedule, "op")[0], argmax));
  EXPECT_TRUE(readsBuffer(*commandsOf(schedule, "op/backward")[0], argmax));
  EXPECT_EQ(layoutOf(schedule, bufferOf(schedule, op.gradients[0])).text(), "nhwc bf16");
}

TEST(MaxPoolingLowering, MakesNoArgmaxForInference) {
  PlanningDevice device("h100", "tf32");
  Graph graph;
  const TensorId x = graph.addTensor({"x", kSmall.x, ElementType::Float, Role::Input});
  graph.results = {
      graph.add("maxPooling2d", "op", {x}, kSmall.attributes(), Phase::Forward, {1}).outputs[0]};
  const Schedule schedule = device.lower(graph);
  EXPECT_EQ(nodesOf(schedule, "op"), (std::vector<Nodes>{{"max pooling"}}));
  EXPECT_EQ(commandsOf(schedule, "op")[0]->writes.size(), 1U);
}

// 12 x 11 positions do not fit into cuDNN's index of one signed byte.
TEST(MaxPoolingLowering, KeepsTheWinnersOfLargeWindowsItself) {
  PlanningDevice device("h100", "tf32");
  const Window window{"Large", {2, 14, 13, 4}, {12, 11}, {2, 2}};
  const OneOp op("maxPooling2d", {window.x}, window.attributes());
  const Schedule schedule = device.lower(op.graph);
  EXPECT_EQ(nodesOf(schedule, "op"), (std::vector<Nodes>{{}}));
  EXPECT_EQ(nodesOf(schedule, "op/backward"), (std::vector<Nodes>{{}}));
  const Command& forward = *commandsOf(schedule, "op")[0];
  EXPECT_NE(forward.detail.find("split: its index holds positions up to 127"), std::string::npos)
      << forward.detail;
  EXPECT_EQ(layoutOf(schedule, bufferOf(schedule, op.outputs[1])).bytes(), 2U * 2 * 2 * 4 * 4);
}

// Pools a ReLU's output and differentiates by the ReLU's input.
struct PooledRelu {
  explicit PooledRelu(const Window& window) {
    const TensorId x = graph.addTensor({"x", window.x, ElementType::Float, Role::Input});
    relu = graph.add("activation", "relu", {x}, {{"function", std::string("relu")}}).outputs[0];
    const TensorId y = graph.add("maxPooling2d", "op", {relu}, window.attributes()).outputs[0];
    Differentiator differentiator(graph, {x});
    differentiator.seed(y,
                        graph.addTensor({"dy", graph.shape(y), ElementType::Float, Role::Input}));
    differentiator.run();
    dx = differentiator.gradientOf(x);
    graph.results = {y, dx};
  }

  Graph graph;
  TensorId relu, dx;
};

TEST(MaxPoolingLowering, JoinsTheBackwardPassOfTheReluBeforeIt) {
  for (const char* precision : {"tf32", "bf16"}) {
    PlanningDevice device("h100", precision);
    const PooledRelu pooled(kWindows[0]);
    const Schedule schedule = device.lower(pooled.graph);
    EXPECT_EQ(nodesOf(schedule, "op/backward"),
              (std::vector<Nodes>{{"max pooling backward", "relu backward"}}));
    EXPECT_TRUE(commandsOf(schedule, "relu/backward").empty());
    const Command& backward = *commandsOf(schedule, "op/backward")[0];
    EXPECT_TRUE(readsBuffer(backward, bufferOf(schedule, pooled.relu)));
    EXPECT_TRUE(writesBuffer(backward, bufferOf(schedule, pooled.dx)));
  }
}

TEST(MaxPoolingLowering, JoinsReluInItsOwnKernelToo) {
  PlanningDevice device("h100", "tf32");
  const PooledRelu pooled({"Large", {2, 14, 13, 4}, {12, 11}, {2, 2}});
  const Schedule schedule = device.lower(pooled.graph);
  ASSERT_EQ(nodesOf(schedule, "op/backward"), (std::vector<Nodes>{{}}));
  const Command& backward = *commandsOf(schedule, "op/backward")[0];
  EXPECT_TRUE(readsBuffer(backward, bufferOf(schedule, pooled.relu)));
  EXPECT_TRUE(writesBuffer(backward, bufferOf(schedule, pooled.dx)));
}

TEST(MaxPoolingLowering, NeedsAnArgmaxOfItsOwn) {
  PlanningDevice device("h100", "tf32");
  Graph graph;
  const TensorId dy = graph.addTensor({"dy", {2, 3, 2, 8}, ElementType::Float, Role::Input});
  const TensorId argmax = graph.addTensor({"argmax", {2, 3, 2, 8}, ElementType::Opaque});
  Attributes attributes = kSmall.attributes();
  attributes.set("inputShape", shapeAttribute(kSmall.x));
  graph.add("maxPooling2dBackward", "op", {dy, argmax}, attributes, Phase::Backward);
  expectError(ErrorCode::Unsupported, {"maxPooling2dBackward 'op'", "argmax"},
              [&] { device.lower(graph); });
}

class GlobalPoolingLowering : public testing::TestWithParam<Shape> {};

TEST_P(GlobalPoolingLowering, IsOneGraphEachWay) {
  PlanningDevice device("h100", "tf32");
  const OneOp op("globalAveragePooling2d", {GetParam()}, {});
  const Schedule schedule = device.lower(op.graph);
  EXPECT_EQ(nodesOf(schedule, "op"), (std::vector<Nodes>{{"average pooling"}}));
  EXPECT_EQ(nodesOf(schedule, "op/backward"), (std::vector<Nodes>{{"average pooling backward"}}));
}

INSTANTIATE_TEST_SUITE_P(H100, GlobalPoolingLowering,
                         testing::Values(Shape{128, 6, 6, 256}, Shape{1, 5, 3, 1}));

}  // namespace

}  // namespace node_cudnn::test
