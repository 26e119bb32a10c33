// Optimizers over several steps, against Keras's numbers and the formulas written out.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "backend_test.h"
#include "closeness.h"
#include "tolerances.h"
#include "values.h"

namespace node_cudnn::test {

namespace {

// Weights with given gradients, updated by gradientNorm and one optimizer op.
class Update {
 public:
  Update(std::string_view backend, const std::string& type, const Attributes& attributes,
         const std::vector<Values>& weights)
      : runner_(backend, build(type, attributes, weights)) {
    for (std::size_t i = 0; i < weights.size(); ++i) runner_.set(weights_[i], weights[i]);
  }

  void step(const std::vector<Values>& gradients, float rate) {
    for (std::size_t i = 0; i < gradients.size(); ++i) runner_.set(gradients_[i], gradients[i]);
    runner_.run({.seed = 0, .step = step_++, .learningRate = rate, .firstRow = 0});
  }

  Values weight(std::size_t index) { return runner_.get(weights_[index]); }
  Values state(std::size_t index) { return runner_.get(states_[index]); }
  Values norms() { return runner_.get(norms_); }

 private:
  Graph build(const std::string& type, const Attributes& attributes,
              const std::vector<Values>& weights) {
    Graph graph;
    const std::size_t states = type == "adam" ? 2 : attributes.number("momentum", 0) > 0 ? 1 : 0;
    std::vector<TensorId> inputs{kNoTensor};
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const Shape shape{static_cast<std::int64_t>(weights[i].size())};
      const std::string name = "weight" + std::to_string(i);
      weights_.push_back(graph.addTensor({name, shape, ElementType::Float, Role::Weight}));
      gradients_.push_back(
          graph.addTensor({name + "/gradient", shape, ElementType::Float, Role::Input}));
      inputs.insert(inputs.end(), {weights_.back(), gradients_.back()});
      for (std::size_t s = 0; s < states; ++s) {
        states_.push_back(graph.addTensor({name + "/state" + std::to_string(s), shape,
                                           ElementType::Float, Role::OptimizerState}));
        inputs.push_back(states_.back());
      }
    }
    norms_ = graph.add("gradientNorm", "norms", gradients_, {{"accumulators", 0.0}}, Phase::Update)
                 .outputs[0];
    inputs[0] = norms_;
    graph.add(type, type, inputs, attributes, Phase::Update);
    graph.results = {norms_};
    return graph;
  }

  std::vector<TensorId> weights_, gradients_, states_;
  TensorId norms_ = kNoTensor;
  GraphRunner runner_;  // made last: build fills the lists above
  std::uint64_t step_ = 0;
};

class Optimizers : public OnEveryBackend {
 protected:
  // One weight that starts at 1, gradients .5, .3, .1.
  static void expectPath(const std::string& type, const Attributes& attributes,
                         const Values& expected, const std::vector<float>& rates = {.1F, .1F, .1F},
                         double tolerance = 1e-6) {
    Update update(GetParam(), type, attributes, {{1}});
    const Values gradients{0.5, 0.3, 0.1};
    for (std::size_t i = 0; i < expected.size(); ++i) {
      update.step({{gradients[i]}}, rates[i]);
      EXPECT_NEAR(update.weight(0)[0], expected[i], tolerance) << "step " << i + 1;
    }
  }
};

TEST_P(Optimizers, Sgd) { expectPath("sgd", {}, {0.95, 0.92, 0.91}); }

TEST_P(Optimizers, SgdWithMomentum) {
  expectPath("sgd", {{"momentum", 0.9}}, {0.95, 0.875, 0.7975});
}

TEST_P(Optimizers, SgdWithNesterovMomentum) {
  expectPath("sgd", {{"momentum", 0.9}, {"nesterov", true}}, {0.905, 0.8075, 0.72775});
}

TEST_P(Optimizers, TheLearningRateLiesInsideTheVelocity) {
  expectPath("sgd", {{"momentum", 0.9}}, {0.95, 0.902, 0.8578}, {.1F, .01F, .01F});
}

TEST_P(Optimizers, DecoupledWeightDecayComesFirst) {
  expectPath("sgd", {{"momentum", 0.9}, {"weightDecay", 0.01}}, {0.949, 0.873051, 0.794678});
}

TEST_P(Optimizers, L2WeightDecayAddsToTheGradient) {
  // v = .9 v - .1 (g + .01 w), w += v
  Values expected;
  double w = 1, v = 0;
  for (const double g : {0.5, 0.3, 0.1}) {
    v = 0.9 * v - 0.1 * (g + 0.01 * w);
    expected.push_back(w += v);
  }
  expectPath("sgd",
             {{"momentum", 0.9}, {"weightDecay", 0.01}, {"weightDecayMode", std::string("l2")}},
             expected);
}

const Attributes kAdam{{"beta1", 0.9}, {"beta2", 0.999}, {"epsilon", 1e-7}};

// Keras's numbers are of single precision, where 1 - beta2^t keeps four digits.
TEST_P(Optimizers, Adam) {
  expectPath("adam", kAdam, {0.900001, 0.804254, 0.720500}, {.1F, .1F, .1F}, 3e-6);
}

TEST_P(Optimizers, AdamAddsEpsilonToTheUncorrectedRoot) {
  Attributes attributes = kAdam;
  attributes.set("epsilon", 0.1);
  expectPath("adam", attributes, {0.986347, 0.971446, 0.958255});
}

TEST_P(Optimizers, AdamWDecaysTheWeightFirst) {
  Attributes attributes = kAdam;
  attributes.set("weightDecay", 0.004);
  Values expected;
  double w = 1, m = 0, v = 0;
  int t = 0;
  for (const double g : {0.5, 0.3, 0.1}) {
    ++t;
    w -= 0.1 * 0.004 * w;
    m += (g - m) * 0.1;
    v += (g * g - v) * 0.001;
    const double rate = 0.1 * std::sqrt(1 - std::pow(0.999, t)) / (1 - std::pow(0.9, t));
    expected.push_back(w -= rate * m / (std::sqrt(v) + 1e-7));
  }
  expectPath("adam", attributes, expected);
}

TEST_P(Optimizers, NormsAreSumsOfSquares) {
  Update update(GetParam(), "sgd", {}, {{0, 0}, {0, 0, 0}});
  update.step({{3, 4}, {1, 2, 2}}, 0);
  EXPECT_TRUE(isClose("norms", update.norms(), {34, 25, 9}, 1e-6));
}

TEST_P(Optimizers, ClipNormShrinksEachGradientByItself) {
  Update update(GetParam(), "sgd", {{"clipNorm", 1.0}}, {{0, 0}, {0, 0}});
  update.step({{3, 4}, {0.3, 0.4}}, 1);
  EXPECT_TRUE(isClose("clipped", update.weight(0), {-0.6, -0.8}, near()));
  EXPECT_TRUE(isClose("below the limit", update.weight(1), {-0.3, -0.4}, near()));
}

TEST_P(Optimizers, GlobalClipNormShrinksAllGradientsAlike) {
  Update update(GetParam(), "sgd", {{"globalClipNorm", 1.0}}, {{0, 0}, {0}});
  update.step({{3, 4}, {12}}, 1);
  EXPECT_TRUE(isClose("first", update.weight(0), {-3 / 13.0, -4 / 13.0}, near()));
  EXPECT_TRUE(isClose("second", update.weight(1), {-12 / 13.0}, near()));
  update.step({{0.03, 0.04}, {0}}, 1);
  EXPECT_TRUE(isClose("small", update.weight(0), {-3 / 13.0 - 0.03, -4 / 13.0 - 0.04}, near()));
}

TEST_P(Optimizers, GlobalClipNormComesBeforeClipNorm) {
  Update update(GetParam(), "sgd", {{"globalClipNorm", 6.5}, {"clipNorm", 2.0}}, {{0, 0}, {0}});
  update.step({{3, 4}, {12}}, 1);
  // Half of (3, 4) has the norm 2.5; half of 12 is 6.
  EXPECT_TRUE(isClose("first", update.weight(0), {-1.2, -1.6}, near()));
  EXPECT_TRUE(isClose("second", update.weight(1), {-2}, near()));
}

TEST_P(Optimizers, ClipValueLimitsEachElement) {
  Update update(GetParam(), "sgd", {{"clipValue", 0.5}}, {{0, 0, 0}});
  update.step({{2, -3, 0.25}}, 1);
  EXPECT_TRUE(isClose("weight", update.weight(0), {-0.5, 0.5, -0.25}, near()));
}

TEST_P(Optimizers, AdamClipsToo) {
  Attributes attributes = kAdam;
  attributes.set("clipNorm", 1.0);
  Update update(GetParam(), "adam", attributes, {{0, 0}});
  update.step({{30, 40}}, 1);
  EXPECT_TRUE(isClose("m", update.state(0), {0.06, 0.08}, near()));
  EXPECT_TRUE(isClose("v", update.state(1), {0.00036, 0.00064}, 1e-5));
}

TEST_P(Optimizers, AGradientThatIsNotFiniteChangesNothing) {
  for (const double bad :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    for (const std::string type : {"sgd", "adam"}) {
      Attributes attributes = kAdam;
      attributes.set("momentum", 0.9);
      attributes.set("weightDecay", 0.1);
      Update update(GetParam(), type, attributes, {{1, 2}, {3, 4, 5}});
      update.step({{0.5, 0.25}, {1, 1, 1}}, 0.1F);
      const Values first = update.weight(0), second = update.weight(1), state = update.state(0);
      update.step({{0.5, 0.25}, {1, bad, 1}}, 0.1F);
      EXPECT_TRUE(std::isnan(update.norms()[0])) << type;
      EXPECT_EQ(update.weight(0), first) << type;
      EXPECT_EQ(update.weight(1), second) << type;
      EXPECT_EQ(update.state(0), state) << type;
    }
  }
}

TEST_P(Optimizers, EveryMixOfOptionsAgreesWithTheReference) {
  for (const std::string type : {"sgd", "adam"}) {
    for (int mix = 0; mix < 32; ++mix) {
      Attributes attributes = kAdam;
      if (mix & 1) attributes.set("momentum", 0.9);
      if (mix & 2) attributes.set("nesterov", true);
      if (mix & 4) attributes.set("weightDecay", 0.02);
      if (mix & 8) attributes.set("weightDecayMode", std::string("l2"));
      if (mix & 16) attributes.set("clipNorm", 0.5);
      const std::vector<Values> weights{makeValues({37}, Kind::Normal, 1),
                                        makeValues({5}, Kind::Normal, 2)};
      Update actual(GetParam(), type, attributes, weights);
      Update expected("reference", type, attributes, weights);
      for (std::uint32_t step = 0; step < 4; ++step) {
        const std::vector<Values> gradients{makeValues({37}, Kind::Normal, 10 + step),
                                            makeValues({5}, Kind::Normal, 20 + step)};
        actual.step(gradients, 0.05F);
        expected.step(gradients, 0.05F);
      }
      SCOPED_TRACE(type + " mix " + std::to_string(mix));
      for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_TRUE(
            isClose("weight", actual.weight(i), expected.weight(i), toleranceOf("optimizer")));
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Backends, Optimizers, testing::ValuesIn(backendNames()), backendOf);

}  // namespace

}  // namespace node_cudnn::test
