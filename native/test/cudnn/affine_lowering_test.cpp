// Convolutions and dense layers as cuDNN graphs: what becomes one kernel, and that odd shapes have
// plans.
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <string>

#include "core/op.h"
#include "cudnn/affine.h"
#include "errors.h"
#include "numbers.h"
#include "planned_graph.h"

namespace node_cudnn::test {

namespace {

using Nodes = std::vector<std::string>;

struct Convolution {
  const char* name;
  Shape x;       // [N,H,W,C]
  Shape kernel;  // [kh,kw,C/groups,K]
  AttributeValue strides = list({1, 1});
  AttributeValue padding = list({0, 0, 0, 0});  // top, bottom, left, right
  AttributeValue dilations = list({1, 1});
  double groups = 1;
  // Channels that are no multiple of 4 are compiled for 10 s in tf32.
  bool tf32 = true;
};

struct Options {
  bool bias = true;
  bool relu = true;  // fused forward, and behind the input's gradient
};

// A forward op, and its gradients as if its input were a ReLU's output.
class Layer {
 public:
  Layer(const std::string& type, const Shape& xShape, const Shape& kernelShape,
        Attributes attributes, const Options& options = {}) {
    attributes.set("activation", std::string(options.relu ? "relu" : "linear"));
    const TensorId x = add(xShape, Role::Input);
    kernel = add(kernelShape, Role::Weight);
    bias = options.bias ? add({kernelShape.back()}, Role::Weight) : kNoTensor;
    y = graph.add(type, "forward", {x, kernel, bias}, attributes).outputs[0];
    const TensorId dy = add(graph.shape(y), Role::Input);
    attributes.set("kernelShape", shapeAttribute(kernelShape));
    attributes.set("inputShape", shapeAttribute(xShape));
    gradients = graph
                    .add(type + "BackwardWeights", "weights", {x, dy}, attributes, Phase::Backward,
                         options.bias ? std::vector<int>{} : std::vector<int>{1})
                    .outputs;
    dx = graph.add(type + "BackwardInput", "input", {dy, kernel}, attributes, Phase::Backward)
             .outputs[0];
    if (options.relu) {
      dx = graph
               .add("activationBackward", "mask", {dx, x}, {{"function", std::string("relu")}},
                    Phase::Backward)
               .outputs[0];
    }
    graph.results = {y, dx};
  }
  static Layer of(const Convolution& c, const Options& options = {}) {
    return {"conv2d",
            c.x,
            c.kernel,
            {{"strides", c.strides},
             {"padding", c.padding},
             {"dilations", c.dilations},
             {"groups", c.groups}},
            options};
  }

  Graph graph;
  TensorId kernel, bias, y, dx;
  std::vector<TensorId> gradients;

 private:
  TensorId add(const Shape& shape, Role role) {
    return graph.addTensor({"tensor", shape, ElementType::Float, role});
  }
};

// The fused operations of each of the op's commands.
std::vector<Nodes> nodesOf(const Schedule& schedule, const std::string& op) {
  std::vector<Nodes> nodes;
  for (const Command& command : schedule.commands) {
    if (command.name == op) nodes.push_back(command.nodes);
  }
  return nodes;
}

bool onTensorCores(const Command& command) {
  const std::string engine = command.detail.substr(0, command.detail.find(';'));
  return engine.find("tensor cores") != std::string::npos ||
         engine.find("cublasLt") != std::string::npos;
}

// The op is one graph, or the product on tensor cores that the fused engine lacks, and the rest.
void expectJoined(const Schedule& schedule, const std::string& op, const std::string& product,
                  const Nodes& rest) {
  Nodes joined{product};
  joined.insert(joined.end(), rest.begin(), rest.end());
  const std::vector<Nodes> found = nodesOf(schedule, op);
  if (found == std::vector<Nodes>{joined}) return;
  EXPECT_EQ(found, (std::vector<Nodes>{{product}, rest}));
  const auto first = std::ranges::find(schedule.commands, op, &Command::name);
  ASSERT_NE(first, schedule.commands.end());
  EXPECT_TRUE(onTensorCores(*first)) << first->detail;
  EXPECT_NE(first->detail.find("has no tensor cores"), std::string::npos) << first->detail;
}

void expectOneGraphEach(const Schedule& schedule, const std::string& product) {
  const bool dense = product == "matmul";
  expectJoined(schedule, "forward", product, {"add", "relu"});
  expectJoined(schedule, "input", dense ? product : product + " backward data", {"relu backward"});
  // The kernel's gradient, and this backend's two stages of the bias's.
  EXPECT_EQ(nodesOf(schedule, "weights"),
            (std::vector<Nodes>{{dense ? product : product + " backward filter"}, {}, {}}));
}

const Convolution kConvolutions[] = {
    {.name = "AlexNetFirst",
     .x = {128, 227, 227, 3},
     .kernel = {11, 11, 3, 96},
     .strides = list({4, 4}),
     .tf32 = false},
    {.name = "AlexNetGroups",
     .x = {128, 27, 27, 96},
     .kernel = {5, 5, 48, 256},
     .padding = list({2, 2, 2, 2}),
     .groups = 2},
    {.name = "OneChannel", .x = {1, 9, 7, 1}, .kernel = {3, 3, 1, 1}},
    {.name = "OneFilter", .x = {1, 16, 17, 8}, .kernel = {3, 3, 8, 1}, .tf32 = false},
    {.name = "OddChannels",
     .x = {3, 9, 7, 5},
     .kernel = {3, 2, 5, 7},
     .strides = list({2, 1}),
     .padding = list({1, 0, 0, 1}),
     .tf32 = false},
    {.name = "UnequalPadding",
     .x = {2, 32, 32, 3},
     .kernel = {11, 11, 3, 96},
     .strides = list({4, 4}),
     .padding = list({3, 4, 3, 4}),
     .tf32 = false},
    {.name = "Dilated",
     .x = {1, 15, 16, 8},
     .kernel = {3, 3, 8, 12},
     .padding = list({2, 2, 2, 2}),
     .dilations = list({2, 2})},
    {.name = "Depthwise",
     .x = {1, 14, 14, 16},
     .kernel = {3, 3, 1, 16},
     .padding = list({1, 1, 1, 1}),
     .groups = 16},
    {.name = "ThreeGroupsDilated",
     .x = {1, 11, 9, 6},
     .kernel = {3, 3, 2, 6},
     .strides = list({2, 1}),
     .padding = list({0, 1, 1, 0}),
     .dilations = list({1, 2}),
     .groups = 3},
};

struct Case {
  Convolution convolution;
  const char* precision;
};

std::ostream& operator<<(std::ostream& out, const Case& c) {
  return out << c.convolution.name << " " << c.precision;
}

std::vector<Case> convolutionCases() {
  std::vector<Case> cases;
  for (const Convolution& convolution : kConvolutions) {
    cases.push_back({convolution, "bf16"});
    if (convolution.tf32) cases.push_back({convolution, "tf32"});
  }
  return cases;
}

class ConvolutionLowering : public testing::TestWithParam<Case> {};

TEST_P(ConvolutionLowering, IsOneGraphForwardAndOneBack) {
  PlanningDevice device("h100", GetParam().precision);
  const Layer layer = Layer::of(GetParam().convolution);
  expectOneGraphEach(device.lower(layer.graph), "convolution");
}

INSTANTIATE_TEST_SUITE_P(H100, ConvolutionLowering, testing::ValuesIn(convolutionCases()),
                         [](const auto& info) {
                           return std::string(info.param.convolution.name) + "_" +
                                  info.param.precision;
                         });

struct Dense {
  const char* name;
  Shape x;
  std::int64_t units;
  const char* precision;
};

std::ostream& operator<<(std::ostream& out, const Dense& dense) { return out << dense.name; }

const Dense kDense[] = {
    {"AlexNetFirst", {128, 9216}, 4096, "tf32"},
    {"OneUnit", {3, 7}, 1, "tf32"},
    {"TwoClasses", {32, 4096}, 2, "bf16"},
    {"OneRow", {1, 1024}, 10, "bf16"},
    {"OneInput", {5, 1}, 3, "bf16"},
    {"Sequences", {2, 5, 3, 7}, 11, "bf16"},
};

class DenseLowering : public testing::TestWithParam<Dense> {};

TEST_P(DenseLowering, IsOneGraphForwardAndOneBack) {
  const Dense& dense = GetParam();
  PlanningDevice device("h100", dense.precision);
  const Layer layer("dense", dense.x, {dense.x.back(), dense.units}, {});
  expectOneGraphEach(device.lower(layer.graph), "matmul");
}

INSTANTIATE_TEST_SUITE_P(H100, DenseLowering, testing::ValuesIn(kDense),
                         [](const auto& info) { return info.param.name; });

// Both of a grouped data gradient's fused engines on this device are 10 times slower.
TEST(AffineLowering, TakesTensorCoresBeforeFusion) {
  PlanningDevice device("h100", "tf32");
  const Convolution grouped{.name = "AlexNetFourth",
                            .x = {128, 13, 13, 384},
                            .kernel = {3, 3, 192, 384},
                            .padding = list({1, 1, 1, 1}),
                            .groups = 2};
  const Schedule schedule = device.lower(Layer::of(grouped).graph);
  for (const char* op : {"forward", "input", "weights"}) {
    const auto command = std::ranges::find(schedule.commands, op, &Command::name);
    ASSERT_NE(command, schedule.commands.end());
    EXPECT_TRUE(onTensorCores(*command)) << op << ": " << command->detail;
  }
}

// Convolutions stand in for matrix products where those round, or are not to be had.
class RarePlans : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(RarePlans, OfDenseLayersUseNoTensorCores) {
  const auto& [name, precision] = GetParam();
  PlanningDevice device(name, precision);
  const Schedule schedule = device.lower(Layer("dense", {4, 24}, {24, 8}, {}).graph);
  for (const char* op : {"forward", "input", "weights"}) {
    const auto command = std::ranges::find(schedule.commands, op, &Command::name);
    ASSERT_NE(command, schedule.commands.end());
    EXPECT_EQ(command->nodes.at(0), "matmul");
    const std::string engine = command->detail.substr(0, command->detail.find(';'));
    EXPECT_EQ(engine.find("tensor cores"), std::string::npos) << engine;
  }
}

INSTANTIATE_TEST_SUITE_P(Devices, RarePlans,
                         testing::Values(std::pair{"h100", "float32"}, std::pair{"t4", "tf32"}),
                         [](const auto& info) {
                           return std::string(info.param.first) + "_" + info.param.second;
                         });

// Of 8 channels, as tensor cores like them.
const Convolution kSmall{
    .name = "Small", .x = {2, 6, 5, 8}, .kernel = {3, 3, 8, 16}, .padding = list({1, 1, 1, 1})};

TEST(AffineLowering, LeavesOutWhatTheLayerHasNot) {
  PlanningDevice device("h100", "tf32");
  const Schedule schedule = device.lower(Layer::of(kSmall, {.bias = false, .relu = false}).graph);
  EXPECT_EQ(nodesOf(schedule, "forward"), (std::vector<Nodes>{{"convolution"}}));
  EXPECT_EQ(nodesOf(schedule, "input"), (std::vector<Nodes>{{"convolution backward data"}}));
  EXPECT_EQ(nodesOf(schedule, "weights"), (std::vector<Nodes>{{"convolution backward filter"}}));
}

TEST(AffineLowering, SplitsReluBackwardFromStrictProducts) {
  PlanningDevice device("h100", "float32");
  const Schedule schedule = device.lower(Layer::of(kSmall).graph);
  EXPECT_EQ(nodesOf(schedule, "forward"), (std::vector<Nodes>{{"convolution", "add", "relu"}}));
  EXPECT_EQ(nodesOf(schedule, "input"),
            (std::vector<Nodes>{{"convolution backward data"}, {"relu backward"}}));
  for (const Command& command : schedule.commands) {
    const bool noted = command.detail.find("split: ") != std::string::npos;
    EXPECT_EQ(noted, command.name == "input") << command.name << ": " << command.detail;
  }
}

// dx = dy W^T and dW = x^T dy, with no matrix moved.
TEST(AffineLowering, ReadsTransposedMatricesWhereTheyLie) {
  PlanningDevice device("h100", "bf16");
  const Schedule schedule = device.lower(Layer("dense", {4, 24}, {24, 8}, {}).graph);
  const auto keyOf = [&](const std::string& op) {
    return std::ranges::find(schedule.commands, op, &Command::name)->graphKey;
  };
  const std::string kernel = "bf16 [1,8,24](192,1,8)";
  const std::string x = "bf16 [1,24,4](96,1,24)";
  EXPECT_NE(keyOf("input").find(kernel), std::string::npos) << keyOf("input");
  EXPECT_NE(keyOf("weights").find(x), std::string::npos) << keyOf("weights");
}

TEST(AffineView, MakesChannelsOfTensorsOfOne) {
  PlanningDevice device("h100", "tf32");
  const auto planned = [&](const cudnn::AffineView& view) {
    cudnn::OperationGraph graph;
    const cudnn::Uid x = view.tensor(graph, "x", cudnn::DataType::Float32, 0);
    const cudnn::Uid y = view.tensor(graph, "y", cudnn::DataType::Float32, 1);
    graph.pointwise(cudnn::Pointwise::Add, x, view.bias(graph, 1, 2), y);
    return static_cast<bool>(device.planner.plan(graph));
  };
  const Shape shape{2, 6, 5, 1};
  EXPECT_TRUE(planned(cudnn::AffineView::pointwise(shape)));
  EXPECT_FALSE(planned({cudnn::AffineView::Kind::Image, shape}));
}

TEST(AffineLowering, KeepsMastersInFloat32AndTheRestInBfloat16) {
  PlanningDevice device("h100", "bf16");
  const Layer layer = Layer::of(kSmall);
  const Schedule schedule = device.lower(layer.graph);
  const auto text = [&](TensorId tensor) {
    return layoutOf(schedule, bufferOf(schedule, tensor)).text();
  };
  EXPECT_EQ(text(layer.kernel), "krsc f32");
  EXPECT_EQ(text(layer.bias), "f32");
  EXPECT_EQ(text(layer.y), "nhwc bf16");
  EXPECT_EQ(text(layer.dx), "nhwc bf16");
  EXPECT_EQ(text(layer.gradients[0]), "krsc bf16");
  EXPECT_EQ(text(layer.gradients[1]), "f32");
}

TEST(AffineLowering, CountsTheFlopsOfAnOpOnce) {
  PlanningDevice device("h100", "tf32");
  const Layer layer = Layer::of(kSmall);
  double flops = 0;
  for (const Command& command : device.lower(layer.graph).commands) flops += command.flops;
  EXPECT_EQ(flops, 3 * 2.0 * (2 * 6 * 5 * 16) * (3 * 3 * 8));
}

TEST(AffineLowering, ReportsWhatCudnnRefuses) {
  PlanningDevice device("t4", "bf16");
  expectError(ErrorCode::Unsupported, {"conv2d 'forward'", "convolution", "bf16", "T4"},
              [&] { device.lower(Layer::of(kSmall).graph); });
}

TEST(AffineLowering, WantsKernelsThatAreWeights) {
  Graph graph;
  const TensorId x = graph.addTensor({"x", {2, 3}, ElementType::Float, Role::Input});
  const TensorId kernel = graph.addTensor({"k", {3, 4}, ElementType::Float, Role::Input});
  const Op& op = graph.add("dense", "dense", {x, kernel});
  const auto reason = cudnn::findLowering("dense")->unsupported(graph, op);
  ASSERT_TRUE(reason);
  EXPECT_NE(reason->find("'k'"), std::string::npos) << *reason;
  graph.tensor(kernel).role = Role::Weight;
  EXPECT_FALSE(cudnn::findLowering("dense")->unsupported(graph, op));
}

}  // namespace

}  // namespace node_cudnn::test
