// The ops that this backend's own kernels compute: how many launches, over which buffers, in which
// types. What the kernels compute is for tests that can run them.
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/op.h"
#include "cudnn/kernels/optimizer_launches.h"
#include "errors.h"
#include "numbers.h"
#include "planned_graph.h"

namespace node_cudnn::test {

namespace {

class KernelLowering : public testing::Test {
 protected:
  TensorId add(const std::string& name, const Shape& shape, Role role,
               ElementType type = ElementType::Float) {
    return graph.addTensor({name, shape, type, role});
  }
  TensorId input(const Shape& shape) { return add("input", shape, Role::Input); }
  TensorId weight(const Shape& shape) { return add("weight", shape, Role::Weight); }
  TensorId state(const Shape& shape) { return add("state", shape, Role::OptimizerState); }
  TensorId accumulator() { return add("sum", {2}, Role::Accumulator, ElementType::Double); }
  TensorId norms(const std::vector<TensorId>& gradients) {
    return graph.add("gradientNorm", "norms", gradients, {{"accumulators", 0.0}}, Phase::Update)
        .outputs[0];
  }

  void lower(const char* precision = "tf32") {
    PlanningDevice device("h100", precision);
    schedule = device.lower(graph);
  }

  const Command& command(const std::string& name) const {
    const auto found = std::ranges::find(schedule.commands, name, &Command::name);
    if (found == schedule.commands.end()) throw std::runtime_error("no command " + name);
    return *found;
  }
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const Command& c : schedule.commands) all.push_back(c.name);
    return all;
  }
  BufferId buffer(TensorId tensor) const { return bufferOf(schedule, tensor); }
  std::vector<BufferId> buffers(const std::vector<TensorId>& tensors) const {
    std::vector<BufferId> all;
    for (const TensorId tensor : tensors) all.push_back(buffer(tensor));
    return all;
  }
  std::string text(TensorId tensor) const { return layoutOf(schedule, buffer(tensor)).text(); }

  Graph graph;
  Schedule schedule;
};

using Names = std::vector<std::string>;
using Buffers = std::vector<BufferId>;

TEST_F(KernelLowering, OneCommandFeedsAndRescales) {
  const TensorId x = input({4, 5, 6, 3});
  const TensorId y = graph.add("rescaling", "scale", {x}, {{"scale", 0.5}}).outputs[0];
  graph.results = {y};
  lower("bf16");
  EXPECT_EQ(names(), Names{"input: feed and scale"});
  EXPECT_EQ(schedule.commands[0].writes, Buffers{buffer(y)});
  EXPECT_EQ(schedule.fed, Buffers{buffer(x)});
  EXPECT_EQ(text(y), "nhwc bf16");
}

TEST_F(KernelLowering, AnInputWithAnotherReaderIsFedByItself) {
  const TensorId x = input({4, 6});
  const TensorId y = graph.add("rescaling", "scale", {x}, {{"scale", 0.5}}).outputs[0];
  graph.results = {x, y};
  lower();
  EXPECT_EQ(names(), (Names{"input: feed", "scale"}));
  EXPECT_EQ(command("input: feed").writes, Buffers{buffer(x)});
  EXPECT_EQ(command("scale").reads, Buffers{buffer(x)});
  EXPECT_EQ(command("scale").writes, Buffers{buffer(y)});
}

TEST_F(KernelLowering, RescalingOfWhatAnOpMadeIsACommand) {
  const TensorId x = input({4, 6});
  const TensorId dropped =
      graph.add("dropout", "drop", {x}, {{"rate", 0.5}, {"stream", 1.0}}).outputs[0];
  graph.results = graph.add("rescaling", "scale", {dropped}, {{"scale", 0.5}}).outputs;
  lower();
  EXPECT_EQ(names(), (Names{"input: feed", "drop", "scale"}));
}

TEST_F(KernelLowering, DropoutIsOneLaunchThatMayWriteInPlace) {
  const TensorId x = input({4, 6});
  const TensorId y = graph.add("dropout", "drop", {x}, {{"rate", 0.5}, {"stream", 1.0}}).outputs[0];
  graph.results = {y};
  lower("bf16");
  EXPECT_EQ(command("drop").reads, Buffers{buffer(x)});
  EXPECT_EQ(command("drop").mayShare, (std::vector{std::pair{buffer(y), buffer(x)}}));
  EXPECT_EQ(command("drop").scratchBytes, 0U);
  EXPECT_EQ(text(y), "bf16");
}

TEST_F(KernelLowering, DropoutsBackwardTakesReluAlong) {
  const TensorId dy = input({4, 6});
  const TensorId reluOutput = input({4, 6});
  const TensorId dropped =
      graph.add("dropoutBackward", "drop", {dy}, {{"rate", 0.5}, {"stream", 1.0}}, Phase::Backward)
          .outputs[0];
  const TensorId dx = graph
                          .add("activationBackward", "relu", {dropped, reluOutput},
                               {{"function", std::string("relu")}}, Phase::Backward)
                          .outputs[0];
  graph.results = {dx};
  lower();
  EXPECT_EQ(names(), (Names{"input: feed", "input: feed", "drop"}));
  EXPECT_EQ(command("drop").reads, buffers({dy, reluOutput}));
  EXPECT_EQ(command("drop").writes, Buffers{buffer(dx)});
  EXPECT_NE(command("drop").detail.find("ReLU backward"), std::string::npos);
}

struct LossTensors {
  TensorId prediction, target, weights, sum, gradient;
};

class LossLowering : public KernelLowering {
 protected:
  LossTensors addLoss(const std::string& type, ElementType targetType, bool gradient) {
    LossTensors t{};
    t.prediction = input({8, 3, 10});
    const bool labels = targetType == ElementType::Integer;
    t.target = add("target", labels ? Shape{8, 3} : Shape{8, 3, 10}, Role::Target, targetType);
    t.weights = add("weights", {8, 3}, Role::SampleWeight);
    t.sum = accumulator();
    const Op& op = graph.add(type, "loss", {t.prediction, t.target, t.weights, t.sum}, {},
                             Phase::Loss, gradient ? std::vector<int>{} : std::vector<int>{0});
    t.gradient = gradient ? op.outputs[0] : kNoTensor;
    if (gradient) graph.results = {t.gradient};
    return t;
  }
};

TEST_F(LossLowering, TakesTwoLaunchesOverRowsAndTheirSums) {
  const LossTensors t = addLoss("softmaxCrossEntropy", ElementType::Integer, true);
  lower("bf16");
  const Command& loss = command("loss");
  EXPECT_EQ(loss.work, Work::Loss);
  EXPECT_EQ(loss.reads, buffers({t.prediction, t.target, t.weights, t.sum}));
  EXPECT_EQ(loss.writes, buffers({t.sum, t.gradient}));
  EXPECT_GE(loss.scratchBytes, sizeof(double));
  EXPECT_EQ(loss.detail, "2 launches");
}

TEST_F(LossLowering, GradientsAreOfTheComputeTypeAndTargetsNot) {
  const LossTensors t = addLoss("meanSquaredError", ElementType::Float, true);
  lower("bf16");
  EXPECT_EQ(text(t.prediction), "bf16");
  EXPECT_EQ(text(t.gradient), "bf16");
  EXPECT_EQ(text(t.target), "f32");
  EXPECT_EQ(text(t.weights), "f32");
  EXPECT_EQ(text(t.sum), "f64");
  EXPECT_EQ(schedule.fed, buffers({t.prediction, t.target, t.weights}));
}

TEST_F(LossLowering, WritesNoGradientThatNobodyWants) {
  const LossTensors t = addLoss("categoricalCrossentropy", ElementType::Integer, false);
  lower();
  EXPECT_EQ(command("loss").writes, Buffers{buffer(t.sum)});
  EXPECT_EQ(text(t.target), "i32");
}

TEST_F(LossLowering, MetricsAddToTheirAccumulatorAlone) {
  const LossTensors t = addLoss("topKCategoricalAccuracy", ElementType::Integer, false);
  lower("bf16");
  EXPECT_EQ(command("loss").reads, buffers({t.prediction, t.target, t.weights, t.sum}));
  EXPECT_EQ(command("loss").writes, Buffers{buffer(t.sum)});
}

TEST_F(KernelLowering, PenaltiesOfAllWeightsAreOneCommand) {
  const TensorId sum = accumulator();
  const TensorId first = weight({30, 40});
  const TensorId second = weight({50});
  const TensorId gradient = input({30, 40});
  const TensorId firstResult =
      graph.add("penalty", "a", {first, sum, gradient}, {{"l1", 0.1}, {"l2", 0.0}}, Phase::Update)
          .outputs[0];
  const TensorId secondResult =
      graph.add("penalty", "b", {second, sum, kNoTensor}, {{"l1", 0.0}, {"l2", 0.2}}, Phase::Update)
          .outputs[0];
  graph.results = {firstResult, secondResult};
  lower("bf16");
  EXPECT_EQ(names(), (Names{"input: feed", "penalties"}));
  const Command& penalties = command("penalties");
  EXPECT_EQ(penalties.reads, buffers({sum, first, gradient, second}));
  EXPECT_EQ(penalties.writes, buffers({sum, firstResult, secondResult}));
  EXPECT_EQ(penalties.detail, "2 launches");
  EXPECT_EQ(text(gradient), "bf16");
  EXPECT_EQ(text(firstResult), "f32");
}

TEST_F(KernelLowering, NormsOfMixedTypesAndAccumulatorsAreOneCommand) {
  const TensorId sum = accumulator();
  const TensorId fromFeed = input({7});
  const TensorId fromPenalty =
      graph.add("penalty", "penalty", {weight({3}), sum, kNoTensor}, {{"l2", 0.1}}, Phase::Update)
          .outputs[0];
  const TensorId result = graph
                              .add("gradientNorm", "norms", {sum, fromFeed, fromPenalty},
                                   {{"accumulators", 1.0}}, Phase::Update)
                              .outputs[0];
  graph.results = {result};
  lower("bf16");
  EXPECT_EQ(text(fromFeed), "bf16");
  EXPECT_EQ(text(fromPenalty), "f32");
  EXPECT_EQ(text(result), "f64");
  EXPECT_EQ(command("norms").work, Work::Check);
  EXPECT_EQ(command("norms").reads, buffers({sum, fromFeed, fromPenalty}));
  EXPECT_EQ(command("norms").writes, Buffers{buffer(result)});
  EXPECT_EQ(command("norms").detail, "2 launches");
}

// Weights whose gradients are those of penalties, which need no input each.
struct Weights {
  std::vector<TensorId> inputs;   // of the optimizer
  std::vector<TensorId> written;  // by it
};

class OptimizerLowering : public KernelLowering {
 protected:
  Weights addWeights(int count, int states) {
    Weights all{{norms({input({1})})}, {}};
    const TensorId sum = accumulator();
    for (int i = 0; i < count; ++i) {
      const TensorId own = weight({5});
      const TensorId gradient =
          graph.add("penalty", "penalty", {own, sum, kNoTensor}, {{"l2", 0.1}}, Phase::Update)
              .outputs[0];
      all.inputs.insert(all.inputs.end(), {own, gradient});
      all.written.push_back(own);
      for (int s = 0; s < states; ++s) {
        all.inputs.push_back(state({5}));
        all.written.push_back(all.inputs.back());
      }
    }
    return all;
  }

  void expectOneCommand(const std::string& name, const Weights& weights,
                        const std::string& launches) {
    EXPECT_EQ(std::ranges::count(names(), name), 1);
    EXPECT_EQ(command(name).work, Work::Optimizer);
    EXPECT_EQ(command(name).reads, buffers(weights.inputs));
    EXPECT_EQ(command(name).writes, buffers(weights.written));
    EXPECT_EQ(command(name).detail, launches);
  }

  // A convolution's kernel with its gradient from cuDNN, and Adam's state.
  std::vector<TensorId> convolutionInputs() {
    const TensorId x = input({2, 6, 5, 8});
    const TensorId kernel = weight({3, 3, 8, 16});
    const Attributes attributes{{"strides", list({1, 1})},
                                {"padding", list({1, 1, 1, 1})},
                                {"dilations", list({1, 1})},
                                {"groups", 1.0},
                                {"kernelShape", list({3, 3, 8, 16})}};
    const TensorId y = graph.add("conv2d", "conv", {x, kernel, kNoTensor}, attributes).outputs[0];
    const TensorId gradient = graph
                                  .add("conv2dBackwardWeights", "conv/weights",
                                       {x, input(graph.shape(y))}, attributes, Phase::Backward, {1})
                                  .outputs[0];
    graph.results = {y};
    return {kernel, gradient, state({3, 3, 8, 16}), state({3, 3, 8, 16})};
  }
};

TEST_F(OptimizerLowering, UpdatesAsManyWeightsInALaunchAsItsTableHolds) {
  for (const int count : {cudnn::kOptimizedTensors, cudnn::kOptimizedTensors + 1}) {
    graph = Graph();
    const Weights weights = addWeights(count, 2);
    graph.add("adam", "adam", weights.inputs, {}, Phase::Update);
    lower();
    expectOneCommand("adam", weights,
                     count == cudnn::kOptimizedTensors ? "1 launch" : "2 launches");
  }
}

TEST_F(OptimizerLowering, SgdKeepsVelocitiesWithMomentumOnly) {
  for (const int states : {0, 1}) {
    graph = Graph();
    const Weights weights = addWeights(3, states);
    graph.add("sgd", "sgd", weights.inputs, {{"momentum", 0.9 * states}}, Phase::Update);
    lower();
    expectOneCommand("sgd", weights, "1 launch");
  }
}

TEST_F(OptimizerLowering, StatesLieAsTheirWeight) {
  std::vector<TensorId> inputs = convolutionInputs();
  inputs.insert(inputs.begin(), norms({inputs[1]}));
  graph.add("adam", "adam", inputs, {}, Phase::Update);
  lower("bf16");
  EXPECT_EQ(text(inputs[1]), "krsc f32");
  EXPECT_EQ(text(inputs[2]), "krsc bf16");
  EXPECT_EQ(text(inputs[3]), "krsc f32");
  EXPECT_EQ(text(inputs[4]), "krsc f32");
  EXPECT_EQ(command("adam").reads, buffers(inputs));
}

TEST_F(OptimizerLowering, RefusesAGradientInAnotherOrder) {
  std::vector<TensorId> inputs = convolutionInputs();
  inputs.insert(inputs.begin(), norms({inputs[1]}));
  inputs[2] = input({3, 3, 8, 16});
  graph.add("adam", "adam", inputs, {}, Phase::Update);
  expectError(ErrorCode::Internal, {"adam 'adam'", "'weight'", "nhwc f32", "krsc f32"},
              [&] { lower(); });
}

TEST_F(KernelLowering, MovingAveragesAreOneCommand) {
  const TensorId checked = norms({input({1})});
  std::vector<TensorId> read{checked};
  std::vector<TensorId> written;
  for (int i = 0; i < 3; ++i) {
    const TensorId moving = weight({4});
    const TensorId value = input({4});
    graph.add("movingAverage", "average", {moving, value, checked}, {{"momentum", 0.9}},
              Phase::Update);
    read.insert(read.end(), {moving, value});
    written.push_back(moving);
  }
  lower();
  EXPECT_EQ(std::ranges::count(names(), "movingAverages"), 1);
  EXPECT_EQ(command("movingAverages").reads, buffers(read));
  EXPECT_EQ(command("movingAverages").writes, buffers(written));
  EXPECT_EQ(command("movingAverages").detail, "1 launch");
}

}  // namespace

}  // namespace node_cudnn::test
