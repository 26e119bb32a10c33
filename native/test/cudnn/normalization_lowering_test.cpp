// Batch normalization and local response normalization: what cuDNN does in one pass, and what
// takes its place where it refuses.
#include <gtest/gtest.h>

#include "errors.h"
#include "numbers.h"
#include "op_commands.h"

namespace node_cudnn::test {

namespace {

// Batch normalization with all its parameters, and the gradients that are asked for.
struct Batch {
  struct Options {
    bool training = true;
    bool affine = true;
    bool inputGradient = true;
    bool backward = true;
  };

  Batch(const Shape& shape, const Options& options) {
    x = add("x", shape, Role::Input);
    const Shape channels{shape.back()};
    gamma = options.affine ? add("gamma", channels, Role::Weight) : kNoTensor;
    beta = options.affine ? add("beta", channels, Role::Weight) : kNoTensor;
    const std::vector<TensorId> inputs{x, gamma, beta, add("mean", channels, Role::Weight),
                                       add("variance", channels, Role::Weight)};
    outputs = graph
                  .add("batchNormalization", "op", inputs,
                       {{"epsilon", 1e-3}, {"training", options.training}}, Phase::Forward,
                       options.training ? std::vector<int>{} : std::vector<int>{1, 2})
                  .outputs;
    graph.results = outputs;
    std::erase(graph.results, kNoTensor);
    if (options.backward) differentiate(options);
  }

  TensorId add(const char* name, const Shape& shape, Role role) {
    return graph.addTensor({name, shape, ElementType::Float, role});
  }
  void differentiate(const Options& options) {
    std::vector<TensorId> wanted{gamma, beta};
    if (options.inputGradient) wanted.push_back(x);
    std::erase(wanted, kNoTensor);
    Differentiator differentiator(graph, wanted);
    differentiator.seed(outputs[0], add("dy", graph.shape(x), Role::Input));
    differentiator.run();
    for (const TensorId tensor : wanted) {
      graph.results.push_back(differentiator.gradientOf(tensor));
    }
    if (options.inputGradient) dx = differentiator.gradientOf(x);
  }

  Graph graph;
  TensorId x, gamma, beta, dx = kNoTensor;
  std::vector<TensorId> outputs;  // y, mean, variance
};

const std::vector<Nodes> kForward{{"batch normalization"}, {}};  // and the variance
const std::vector<Nodes> kBackward{{"batch normalization backward"}};

class BatchLowering : public testing::TestWithParam<std::tuple<Shape, const char*>> {};

TEST_P(BatchLowering, IsOneGraphEachWay) {
  const auto& [shape, precision] = GetParam();
  PlanningDevice device("h100", precision);
  const Schedule schedule = device.lower(Batch(shape, {}).graph);
  EXPECT_EQ(nodesOf(schedule, "op"), kForward);
  EXPECT_EQ(nodesOf(schedule, "op/backward"), kBackward);
}

INSTANTIATE_TEST_SUITE_P(H100, BatchLowering,
                         testing::Combine(testing::Values(Shape{128, 30, 30, 96}, Shape{32, 4096},
                                                          Shape{4, 7, 64}),
                                          testing::Values("tf32", "bf16")));

TEST(BatchLowering, HandsTheInverseDeviationToTheBackwardPass) {
  PlanningDevice device("h100", "bf16");
  const Batch batch({2, 4, 4, 16}, {});
  const Schedule schedule = device.lower(batch.graph);
  const std::vector<const Command*> forward = commandsOf(schedule, "op");
  ASSERT_EQ(forward.size(), 2U);
  const BufferId inverse = forward[1]->reads.at(0);
  EXPECT_TRUE(writesBuffer(*forward[0], inverse));
  EXPECT_TRUE(writesBuffer(*forward[1], bufferOf(schedule, batch.outputs[2])));
  EXPECT_TRUE(readsBuffer(*commandsOf(schedule, "op/backward")[0], inverse));
  EXPECT_EQ(layoutOf(schedule, inverse).text(), "f32");
  EXPECT_EQ(layoutOf(schedule, bufferOf(schedule, batch.dx)).text(), "nhwc bf16");
}

TEST(BatchLowering, MakesVectorsForAbsentParameters) {
  PlanningDevice device("h100", "tf32");
  const Schedule schedule = device.lower(Batch({2, 4, 4, 16}, {.affine = false}).graph);
  EXPECT_EQ(nodesOf(schedule, "op"), (std::vector<Nodes>{{}, kForward[0], kForward[1]}));
  EXPECT_EQ(commandsOf(schedule, "op")[0]->writes.size(), 2U);
  EXPECT_EQ(nodesOf(schedule, "op/backward"), (std::vector<Nodes>{{}, kBackward[0]}));
  EXPECT_EQ(commandsOf(schedule, "op/backward")[0]->writes.size(), 1U);
}

// cuDNN's nodes take multiples of 4 channels.
TEST(BatchLowering, SplitsForThreeChannels) {
  PlanningDevice device("h100", "tf32");
  const Schedule schedule = device.lower(Batch({20, 9, 7, 3}, {}).graph);
  EXPECT_EQ(nodesOf(schedule, "op"), (std::vector<Nodes>{{}, {}, {}, {"multiply", "add"}}));
  EXPECT_NE(commandsOf(schedule, "op")[3]->detail.find("split: "), std::string::npos);
  EXPECT_EQ(nodesOf(schedule, "op/backward"), (std::vector<Nodes>{{}, {}, {}}));
  EXPECT_NE(commandsOf(schedule, "op/backward")[0]->detail.find("split: "), std::string::npos);
}

TEST(BatchLowering, SplitsOnDevicesWithoutTheNodes) {
  PlanningDevice device("t4", "tf32");
  const Schedule schedule = device.lower(Batch({2, 4, 4, 16}, {}).graph);
  EXPECT_EQ(nodesOf(schedule, "op").back(), (Nodes{"multiply", "add"}));
  EXPECT_EQ(nodesOf(schedule, "op/backward"), (std::vector<Nodes>{{}, {}, {}}));
}

TEST(BatchLowering, WritesNoInputGradientThatNobodyWants) {
  PlanningDevice device("h100", "tf32");
  const Batch batch({2, 4, 4, 16}, {.inputGradient = false});
  const Schedule schedule = device.lower(batch.graph);
  const std::vector<const Command*> backward = commandsOf(schedule, "op/backward");
  ASSERT_EQ(backward.size(), 2U);
  EXPECT_EQ(backward[1]->writes.size(), 2U);
  EXPECT_EQ(backward[0]->detail, "gradient sums");
}

TEST(BatchLowering, IsOnePassWithMovingStatistics) {
  PlanningDevice device("h100", "bf16");
  const Schedule schedule =
      device.lower(Batch({2, 4, 4, 3}, {.training = false, .backward = false}).graph);
  EXPECT_EQ(nodesOf(schedule, "op"), (std::vector<Nodes>{{}, {"multiply", "add"}}));
}

TEST(BatchLowering, ScalesGradientsOfConstantStatistics) {
  PlanningDevice device("h100", "tf32");
  const Schedule schedule = device.lower(Batch({2, 4, 4, 16}, {.training = false}).graph);
  EXPECT_EQ(nodesOf(schedule, "op/backward"), (std::vector<Nodes>{{}, {}, {}, {"multiply"}}));
  const Schedule bare =
      device.lower(Batch({2, 4, 4, 16}, {.training = false, .affine = false}).graph);
  EXPECT_EQ(nodesOf(bare, "op/backward"), (std::vector<Nodes>{{}, {"multiply"}}));
}

TEST(BatchLowering, TakesOneChannelAndSingleValues) {
  PlanningDevice device("h100", "bf16");
  const Schedule image = device.lower(Batch({3, 4, 2, 1}, {.training = false}).graph);
  EXPECT_EQ(nodesOf(image, "op"), (std::vector<Nodes>{{}, {"multiply", "add"}}));
  EXPECT_EQ(nodesOf(image, "op/backward").back(), (Nodes{"multiply"}));
  const Schedule single = device.lower(Batch({1, 1}, {.training = false}).graph);
  EXPECT_EQ(nodesOf(single, "op"), (std::vector<Nodes>{{}, {}}));
  const std::string detail = commandsOf(single, "op")[1]->detail;
  EXPECT_TRUE(detail.starts_with("scale and shift by channel; split: ")) << detail;
}

OneOp lrn(double radius, double bias = 2, double beta = 0.75) {
  return {"localResponseNormalization",
          {{2, 3, 4, 96}},
          {{"depthRadius", radius}, {"bias", bias}, {"alpha", 1e-4}, {"beta", beta}}};
}

std::string detailOf(const Schedule& schedule, std::string_view op) {
  const std::vector<const Command*> commands = commandsOf(schedule, op);
  return commands.size() == 1 ? commands[0]->detail : "";
}

TEST(LocalResponseLowering, IsCudnnsCallInFloat32) {
  PlanningDevice device("h100", "tf32");
  const OneOp op = lrn(2);
  const Schedule schedule = device.lower(op.graph);
  EXPECT_EQ(detailOf(schedule, "op"), "cross-channel normalization");
  EXPECT_EQ(detailOf(schedule, "op/backward"), "cross-channel normalization backward");
  const Command& backward = *commandsOf(schedule, "op/backward")[0];
  for (const TensorId read : {op.inputs[0], op.outputs[0], op.dy}) {
    EXPECT_TRUE(readsBuffer(backward, bufferOf(schedule, read)));
  }
}

TEST(LocalResponseLowering, TakesWhatCudnnDoesNotInItsOwnKernel) {
  PlanningDevice tf32("h100", "tf32");
  PlanningDevice bf16("h100", "bf16");
  for (const Schedule& schedule :
       {bf16.lower(lrn(2).graph), tf32.lower(lrn(8).graph), tf32.lower(lrn(2, 1e-6).graph),
        tf32.lower(lrn(2, 1, 1e-3).graph)}) {
    EXPECT_TRUE(detailOf(schedule, "op").starts_with("normalized rows; split: "));
    EXPECT_TRUE(detailOf(schedule, "op/backward").starts_with("normalized rows backward; split: "));
  }
  // 2 * 7 + 1 channels are the most that cuDNN's window has.
  EXPECT_EQ(detailOf(tf32.lower(lrn(7).graph), "op"), "cross-channel normalization");
}

TEST(LocalResponseLowering, SaysHowFarItReaches) {
  const auto reasonFor = [](double radius) {
    const OneOp op = lrn(radius);
    return cudnn::findLowering("localResponseNormalization")
        ->unsupported(op.graph, op.graph.ops()[0]);
  };
  EXPECT_FALSE(reasonFor(64));
  ASSERT_TRUE(reasonFor(65));
  EXPECT_NE(reasonFor(65)->find("65"), std::string::npos);
}

}  // namespace

}  // namespace node_cudnn::test
