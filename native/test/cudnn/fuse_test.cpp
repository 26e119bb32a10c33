// The joined ops of the cuda backend: what becomes one, and what must stay apart.
#include "cudnn/fuse.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/differentiator.h"
#include "core/op.h"
#include "numbers.h"

namespace node_cudnn::test {

namespace {

using Types = std::vector<std::string>;
using Ids = std::vector<TensorId>;

Types typesOf(const Graph& graph) {
  Types types;
  for (const Op& op : graph.ops()) types.emplace_back(op.type());
  return types;
}

const Op& opOf(const Graph& graph, const std::string& name) {
  const auto found = std::ranges::find(graph.ops(), name, &Op::name);
  if (found == graph.ops().end()) throw std::out_of_range(name);
  return *found;
}

bool hasOp(const Graph& graph, const std::string& name) {
  return std::ranges::find(graph.ops(), name, &Op::name) != graph.ops().end();
}

Attributes geometry() {
  return {{"strides", list({1, 1})},
          {"padding", list({1, 1, 1, 1})},
          {"activation", std::string("relu")}};
}

// A network whose gradients are wanted for every weight and the input.
class Network {
 public:
  TensorId weight(const Shape& shape) {
    wanted.push_back(graph.addTensor({"weight", shape, ElementType::Float, Role::Weight}));
    return wanted.back();
  }
  TensorId input(const Shape& shape) {
    wanted.push_back(graph.addTensor({"x", shape, ElementType::Float, Role::Input}));
    return wanted.back();
  }
  TensorId conv2d(const std::string& name, TensorId x, std::int64_t filters) {
    const TensorId kernel = weight({3, 3, graph.shape(x)[3], filters});
    return graph.add("conv2d", name, {x, kernel, weight({filters})}, geometry()).outputs[0];
  }
  TensorId dense(const std::string& name, TensorId x, std::int64_t units) {
    const TensorId kernel = weight({graph.shape(x).back(), units});
    return graph
        .add("dense", name, {x, kernel, weight({units})}, {{"activation", std::string("relu")}})
        .outputs[0];
  }
  TensorId add(const std::string& type, const std::string& name, TensorId x,
               Attributes attributes = {}) {
    return graph.add(type, name, {x}, std::move(attributes)).outputs[0];
  }
  TensorId relu(const std::string& name, TensorId x) {
    return add("activation", name, x, {{"function", std::string("relu")}});
  }
  void differentiate(TensorId y) {
    Differentiator differentiator(graph, wanted);
    differentiator.seed(y,
                        graph.addTensor({"dy", graph.shape(y), ElementType::Float, Role::Input}));
    differentiator.run();
    for (const TensorId tensor : wanted) graph.results.push_back(differentiator.gradientOf(tensor));
  }

  Graph graph;
  std::vector<TensorId> wanted;
};

// Every input of every op, and every result, is made by an op before it or by none at all.
void expectValid(const Graph& graph) {
  std::vector<TensorId> madeLater;
  for (const Op& op : graph.ops())
    madeLater.insert(madeLater.end(), op.outputs.begin(), op.outputs.end());
  for (const Op& op : graph.ops()) {
    for (const TensorId input : op.inputs) {
      EXPECT_EQ(std::ranges::count(madeLater, input),
                input == kNoTensor ? std::ranges::count(madeLater, kNoTensor) : 0)
          << op.place() << " reads " << graph.tensor(input).name << " too early";
    }
    for (const TensorId output : op.outputs) std::erase(madeLater, output);
  }
}

TEST(Fuse, JoinsReluBackwardIntoTheConvolutionBeforeIt) {
  Network made;
  const TensorId first = made.conv2d("conv1", made.input({2, 5, 4, 3}), 6);
  made.differentiate(made.conv2d("conv2", first, 7));
  const TensorId masked = opOf(made.graph, "conv1/backwardActivation").outputs[0];
  const TensorId kernel = opOf(made.graph, "conv2").inputs[1];
  const TensorId dy = opOf(made.graph, "conv2/backwardInput").inputs[0];
  const Graph fused = cudnn::fuse(made.graph);
  EXPECT_FALSE(hasOp(fused, "conv1/backwardActivation"));
  const Op& op = opOf(fused, "conv2/backwardInput");
  EXPECT_EQ(op.type(), "conv2dBackwardInput");
  EXPECT_TRUE(op.attributes.boolean("reluBackward"));
  EXPECT_EQ(op.inputs, (Ids{dy, kernel, first}));
  EXPECT_EQ(op.outputs, (Ids{masked}));
  expectValid(fused);
}

TEST(Fuse, LeavesTheFirstReluBackwardOfTheBackwardPass) {
  Network made;
  made.differentiate(made.conv2d("conv1", made.input({2, 5, 4, 3}), 6));
  const Graph fused = cudnn::fuse(made.graph);
  EXPECT_EQ(typesOf(fused), typesOf(made.graph));
}

TEST(Fuse, JoinsReluBackwardIntoDenseThroughAFlattening) {
  Network made;
  const TensorId image = made.conv2d("conv", made.input({2, 5, 4, 3}), 6);
  const TensorId flat = made.add("reshape", "flatten", image, {{"shape", list({120})}});
  made.differentiate(made.dense("dense", flat, 7));
  const TensorId masked = opOf(made.graph, "conv/backwardActivation").outputs[0];
  const TensorId gradient = opOf(made.graph, "dense/backwardInput").outputs[0];
  const Graph fused = cudnn::fuse(made.graph);
  const Op& op = opOf(fused, "dense/backwardInput");
  EXPECT_TRUE(op.attributes.boolean("reluBackward"));
  EXPECT_EQ(op.inputs.at(2), flat);
  EXPECT_EQ(op.outputs, (Ids{gradient}));
  EXPECT_EQ(opOf(fused, "flatten/backward").inputs, (Ids{gradient}));
  EXPECT_EQ(opOf(fused, "flatten/backward").outputs, (Ids{masked}));
  EXPECT_FALSE(hasOp(fused, "conv/backwardActivation"));
  expectValid(fused);
}

TEST(Fuse, JoinsReluBackwardIntoDropoutsBackward) {
  Network made;
  const TensorId first = made.dense("dense1", made.input({2, 9}), 8);
  const TensorId kept = made.add("dropout", "dropout", first, {{"rate", 0.5}, {"stream", 3.0}});
  made.differentiate(made.dense("dense2", kept, 7));
  const Graph fused = cudnn::fuse(made.graph);
  const Op& op = opOf(fused, "dropout/backward");
  EXPECT_TRUE(op.attributes.boolean("reluBackward"));
  EXPECT_EQ(op.attributes.number("rate"), 0.5);
  EXPECT_EQ(op.inputs.size(), 2U);
  EXPECT_EQ(op.inputs.at(1), first);
  EXPECT_FALSE(opOf(fused, "dense2/backwardInput").attributes.has("reluBackward"));
  expectValid(fused);
}

TEST(Fuse, LeavesAGradientThatIsAResult) {
  Network made;
  const TensorId first = made.conv2d("conv1", made.input({2, 5, 4, 3}), 6);
  made.differentiate(made.conv2d("conv2", first, 7));
  made.graph.results.push_back(opOf(made.graph, "conv2/backwardInput").outputs[0]);
  const Graph fused = cudnn::fuse(made.graph);
  EXPECT_EQ(typesOf(fused), typesOf(made.graph));
}

TEST(Fuse, LeavesAGradientThatIsSummed) {
  Network made;
  const TensorId first = made.conv2d("conv1", made.input({2, 5, 4, 3}), 6);
  const TensorId left = made.conv2d("left", first, 7);
  const TensorId right = made.conv2d("right", first, 7);
  made.differentiate(made.graph.add("add", "sum", {left, right}).outputs[0]);
  const Graph fused = cudnn::fuse(made.graph);
  EXPECT_TRUE(hasOp(fused, "conv1/backwardActivation"));
}

TEST(Fuse, LeavesOtherActivationsBackward) {
  Network made;
  const TensorId first = made.dense("dense1", made.input({2, 9}), 8);
  const TensorId bent = made.add("activation", "tanh", first, {{"function", std::string("tanh")}});
  made.differentiate(made.dense("dense2", bent, 7));
  const Graph fused = cudnn::fuse(made.graph);
  EXPECT_TRUE(hasOp(fused, "tanh/backward"));
  EXPECT_FALSE(opOf(fused, "dense2/backwardInput").attributes.has("reluBackward"));
}

TEST(Fuse, JoinsAddAndRelu) {
  Network made;
  const TensorId x = made.input({2, 5, 4, 3});
  const TensorId sum = made.graph.add("add", "sum", {x, made.conv2d("conv", x, 3)}).outputs[0];
  const TensorId bent = made.relu("relu", sum);
  made.differentiate(bent);
  const Graph fused = cudnn::fuse(made.graph);
  const Op& op = opOf(fused, "sum");
  EXPECT_EQ(op.type(), "add");
  EXPECT_EQ(op.attributes.text("activation"), "relu");
  EXPECT_EQ(op.outputs, (Ids{bent}));
  EXPECT_FALSE(hasOp(fused, "relu"));
  expectValid(fused);
}

TEST(Fuse, LeavesASumThatSomethingElseReads) {
  Network made;
  const TensorId x = made.input({2, 5});
  const TensorId sum = made.graph.add("add", "sum", {x, x}).outputs[0];
  made.graph.results = {made.relu("relu", sum), made.add("softmax", "softmax", sum)};
  EXPECT_EQ(typesOf(cudnn::fuse(made.graph)), (Types{"add", "activation", "softmax"}));
  made.graph.ops().pop_back();
  made.graph.results = {sum};
  EXPECT_EQ(typesOf(cudnn::fuse(made.graph)), (Types{"add", "activation"}));
}

// penalty ops, then movingAverage ops.
struct Updates {
  Updates() {
    const Attributes both{{"l1", 0.25}, {"l2", 0.5}, {"samples", 8.0}};
    for (int i = 0; i < 2; ++i) {
      weights.push_back(tensor({3}, Role::Weight));
      gradients.push_back(i == 0 ? tensor({3}, Role::Input) : kNoTensor);
      penalized.push_back(graph
                              .add("penalty", "penalty" + std::to_string(i),
                                   {weights[i], accumulator, gradients[i]},
                                   i == 0 ? both : Attributes{{"l2", 2.0}, {"samples", 8.0}},
                                   Phase::Update)
                              .outputs[0]);
    }
    for (int i = 0; i < 2; ++i) {
      moving.push_back(tensor({4}, Role::Weight));
      values.push_back(tensor({4}, Role::Input));
      graph.add("movingAverage", "average" + std::to_string(i), {moving[i], values[i], norms},
                {{"momentum", 0.5 + 0.25 * i}}, Phase::Update);
    }
  }
  TensorId tensor(const Shape& shape, Role role) {
    return graph.addTensor({"t", shape, ElementType::Float, role});
  }

  Graph graph;
  TensorId accumulator = graph.addTensor({"sum", {2}, ElementType::Double, Role::Accumulator});
  TensorId norms = graph.addTensor({"norms", {1}, ElementType::Double, Role::Internal});
  Ids weights, gradients, penalized, moving, values;
};

TEST(Fuse, JoinsPenaltiesAndMovingAverages) {
  const Updates made;
  const Graph fused = cudnn::fuse(made.graph);
  ASSERT_EQ(typesOf(fused), (Types{"penalties", "movingAverages"}));
  const Op& penalties = fused.ops()[0];
  EXPECT_EQ(penalties.inputs, (Ids{made.accumulator, made.weights[0], made.gradients[0],
                                   made.weights[1], kNoTensor}));
  EXPECT_EQ(penalties.outputs, made.penalized);
  EXPECT_EQ(penalties.attributes.values().at("l1"), AttributeValue(std::vector<double>{0.25, 0}));
  EXPECT_EQ(penalties.attributes.values().at("l2"), AttributeValue(std::vector<double>{0.5, 2}));
  EXPECT_EQ(penalties.attributes.values().at("samples"), AttributeValue(8.0));
  EXPECT_EQ(penalties.phase, Phase::Update);
  const Op& averages = fused.ops()[1];
  EXPECT_EQ(averages.inputs,
            (Ids{made.norms, made.moving[0], made.values[0], made.moving[1], made.values[1]}));
  EXPECT_EQ(averages.attributes.values().at("momentum"),
            AttributeValue(std::vector<double>{0.5, 0.75}));
  EXPECT_TRUE(averages.definition->updatesInPlace && penalties.definition->updatesInPlace);
}

TEST(Fuse, JoinsOnlyPenaltiesOfOneAccumulator) {
  Updates made;
  made.graph.ops()[1].inputs[1] =
      made.graph.addTensor({"other", {2}, ElementType::Double, Role::Accumulator});
  EXPECT_EQ(typesOf(cudnn::fuse(made.graph)), (Types{"penalties", "penalties", "movingAverages"}));
}

}  // namespace

}  // namespace node_cudnn::test
