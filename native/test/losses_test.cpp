// Losses against Keras's numbers and formulas, weights, positions and gradients.
#include <gtest/gtest.h>

#include <cmath>

#include "backend_test.h"
#include "closeness.h"
#include "errors.h"
#include "loss_run.h"
#include "tolerances.h"
#include "values.h"

namespace node_cudnn::test {

namespace {

class Losses : public OnEveryBackend {
 protected:
  static LossOutput run(const LossInput& input, double before = 0) {
    return runLoss(GetParam(), input, before);
  }
};

// Keras 3: a last sigmoid's logits [2,1,-1,0.5] with label 1 cost 1.495182.
TEST_P(Losses, SoftmaxCrossEntropyHasKerasNumbers) {
  const LossOutput loss = run({"softmaxCrossEntropy", {1, 4}, {2, 1, -1, 0.5}, {1}, true});
  EXPECT_NEAR(loss.sum, 1.495182, 1e-6);
  EXPECT_EQ(loss.count, 1);
  EXPECT_TRUE(isClose("gradient", loss.gradient, {0.60946, -0.77579, 0.03034, 0.13599}, 1e-5));
}

TEST_P(Losses, SoftmaxCrossEntropyOfALargeLogitIsNotClipped) {
  const LossOutput loss = run({"softmaxCrossEntropy", {1, 3}, {0, 120, 0}, {0}, true});
  EXPECT_NEAR(loss.sum, 120, 1e-4);
  EXPECT_TRUE(isClose("gradient", loss.gradient, {-1, 1, 0}, 1e-6));
}

TEST_P(Losses, CategoricalCrossentropyNormalizesClippedProbabilities) {
  const LossOutput loss = run({"categoricalCrossentropy", {1, 4}, {0.9, 0.8, 0.1, 0.3}, {1}, true});
  EXPECT_NEAR(loss.sum, 0.965081, 1e-6);
  const double share = 1 / 2.1;
  EXPECT_TRUE(isClose("gradient", loss.gradient, {share, share - 1 / 0.8, share, share}, near()));
}

TEST_P(Losses, CategoricalCrossentropyHasNoGradientWhereItClips) {
  const LossOutput loss = run({"categoricalCrossentropy", {1, 3}, {0, 1, 0}, {0}, true});
  EXPECT_NEAR(loss.sum, 16.118095, 1e-4);
  EXPECT_EQ(loss.gradient, (Values{0, 0, 0}));
}

// A partly clipped row: the clipped entries alone have no gradient.
TEST_P(Losses, CategoricalCrossentropyClipsEachEntry) {
  const LossOutput loss =
      run({"categoricalCrossentropy", {1, 4}, {1.5, -0.25, 0.5, 0.25}, {2}, true});
  const double sum = (1 - 1e-7) + 1e-7 + 0.75;
  EXPECT_NEAR(loss.sum, -std::log(0.5 / sum), near());
  EXPECT_TRUE(isClose("gradient", loss.gradient, {0, 0, 1 / sum - 2, 1 / sum}, near()));
}

// Keras normalizes dense targets' predictions before it clips them.
TEST_P(Losses, CategoricalCrossentropyOfDenseTargetsClipsLast) {
  const LossOutput loss =
      run({"categoricalCrossentropy", {1, 4}, {1.5, -0.25, 0.5, 0.25}, {0.1, 0.2, 0.3, 0.4}});
  EXPECT_NEAR(loss.sum, 4.500053, 1e-5);
  EXPECT_TRUE(isClose("gradient", loss.gradient, {1 / 3.0, 0.4, -0.2, -1.2}, near()));
  const LossOutput certain = run({"categoricalCrossentropy", {1, 3}, {0, 1, 0}, {1, 0, 0}});
  EXPECT_NEAR(certain.sum, 16.118095, 1e-4);
  EXPECT_EQ(certain.gradient, (Values{0, 0, 0}));
}

TEST_P(Losses, SoftTargetsWeighTheClasses) {
  const Values z{2, 1, -1, 0.5}, t{0.1, 0.7, 0.2, 0};
  double sum = 0, expected = 0;
  for (const double value : z) sum += std::exp(value);
  for (std::size_t c = 0; c < 4; ++c) expected -= t[c] * (z[c] - std::log(sum));
  const LossOutput loss = run({"softmaxCrossEntropy", {1, 4}, z, t});
  EXPECT_NEAR(loss.sum, expected, 2 * near());
}

TEST_P(Losses, SigmoidCrossEntropyIsTheMeanOverTheLastAxis) {
  const LossOutput loss = run({"sigmoidCrossEntropy", {1, 2}, {2, -0.5}, {1, 0}});
  const auto softplus = [](double x) { return std::log1p(std::exp(x)); };
  EXPECT_NEAR(loss.sum, (softplus(-2) + softplus(-0.5)) / 2, near());
  const double first = 1 / (1 + std::exp(-2.0)), second = 1 / (1 + std::exp(0.5));
  EXPECT_TRUE(isClose("gradient", loss.gradient, {(first - 1) / 2, second / 2}, near()));
}

TEST_P(Losses, SigmoidCrossEntropyOfLargeLogitsStaysFinite) {
  const LossOutput loss = run({"sigmoidCrossEntropy", {1, 2}, {200, -300}, {0, 1}});
  EXPECT_NEAR(loss.sum, 250, 1e-3);
  EXPECT_TRUE(isClose("gradient", loss.gradient, {0.5, -0.5}, 1e-6));
}

TEST_P(Losses, BinaryCrossentropyClips) {
  const LossOutput loss = run({"binaryCrossentropy", {1, 4}, {0.2, 0.9, 0, 1}, {0, 1, 1, 0}});
  const double expected = (-std::log(0.8) - std::log(0.9) - 2 * std::log(1e-7)) / 4;
  // In single precision 1 - (1 - 1e-7) is 1.19e-7.
  EXPECT_NEAR(loss.sum, expected, GetParam() == "reference" ? 1e-9 : 0.05);
  EXPECT_TRUE(isClose("gradient", loss.gradient, {0.3125, -1 / 3.6, 0, 0}, near()));
}

TEST_P(Losses, MeanSquaredError) {
  const LossOutput loss = run({"meanSquaredError", {1, 2}, {1, 5}, {3, 4}});
  EXPECT_NEAR(loss.sum, 2.5, near());
  EXPECT_TRUE(isClose("gradient", loss.gradient, {-2, 1}, near()));
}

TEST_P(Losses, MeanAbsoluteErrorHasNoGradientAtZero) {
  const LossOutput loss = run({"meanAbsoluteError", {1, 4}, {1, 5, 2, 0}, {3, 4, 2, 0}});
  EXPECT_NEAR(loss.sum, 0.75, near());
  EXPECT_TRUE(isClose("gradient", loss.gradient, {-0.25, 0.25, 0, 0}, near()));
}

// Keras: losses .3567, 1.6094, 2.3026, .3567 with weights 1 to 4 give 2.977501: divided by N.
TEST_P(Losses, SampleWeightsAreDividedByTheNumberOfSamples) {
  const Values p{0.7, 0.3, 0.2, 0.8, 0.1, 0.9, 0.7, 0.3};
  const LossOutput loss =
      run({"categoricalCrossentropy", {4, 2}, p, {0, 0, 0, 0}, true, {1, 2, 3, 4}});
  EXPECT_EQ(loss.count, 4);
  EXPECT_NEAR(loss.sum / loss.count, 2.977501, 2e-6);
  // d/dp of w/N (log(p0 + p1) - log p0)
  EXPECT_NEAR(loss.gradient[4], 0.75 * (1 - 10), 1e-4);
  EXPECT_NEAR(loss.gradient[5], 0.75, 1e-5);
}

TEST_P(Losses, AWeightOfZeroLeavesASampleOut) {
  const LossOutput loss = run({"meanSquaredError", {2, 1}, {3, 1}, {0, 0}, false, {0, 1}});
  EXPECT_NEAR(loss.sum, 1, near());
  EXPECT_EQ(loss.count, 2);
  EXPECT_TRUE(isClose("gradient", loss.gradient, {0, 1}, near()));
}

TEST_P(Losses, ScaleMultipliesTheGradientAlone) {
  const LossOutput loss =
      run({"meanSquaredError", {1, 2}, {1, 5}, {3, 4}, false, {}, {{"scale", 0.5}}});
  EXPECT_NEAR(loss.sum, 2.5, near());
  EXPECT_EQ(loss.count, 1);
  EXPECT_TRUE(isClose("gradient", loss.gradient, {-1, 0.5}, near()));
}

TEST_P(Losses, AsMetricsCountTheWeights) {
  const Attributes counting{{"countWeights", true}};
  const LossInput input{"meanSquaredError", {2, 1}, {1, 2}, {0, 0}, false, {3, 1}, counting};
  const LossOutput weighted = run(input);
  EXPECT_NEAR(weighted.sum, 7, near());
  EXPECT_EQ(weighted.count, 4);
  const LossOutput plain = run({input.type, input.shape, {1, 2}, {0, 0}, false, {}, counting});
  EXPECT_NEAR(plain.sum, 5, near());
  EXPECT_EQ(plain.count, 2);
}

TEST_P(Losses, TheAccumulatorKeepsWhatItHolds) {
  const LossOutput loss = run({"meanSquaredError", {3, 1}, {1, 2, 3}, {0, 0, 0}}, 10);
  EXPECT_NEAR(loss.sum, 10 + 14, 1e-5);
  EXPECT_EQ(loss.count, 13);
}

TEST_P(Losses, PositionsAreAveragedWithinASample) {
  // Two samples of two positions with squared errors 1, 9 and 4, 0.
  const LossOutput loss =
      run({"meanSquaredError", {2, 2, 1}, {1, 3, 2, 0}, {0, 0, 0, 0}, false, {1, 1, 10, 10}});
  EXPECT_NEAR(loss.sum, 5 + 20, 2e-5);
  EXPECT_EQ(loss.count, 2);
  EXPECT_TRUE(isClose("gradient", loss.gradient, {0.5, 1.5, 10, 0}, near()));
}

// Keras: sum(w l) / 4 positions = (1 + 18 + 2 + 0) / 4.
TEST_P(Losses, EachPositionHasItsWeight) {
  const LossInput input{"meanSquaredError", {2, 2, 1}, {1, 3, 2, 0},
                        {0, 0, 0, 0},       false,     {1, 2, 0.5, 3}};
  const LossOutput loss = run(input);
  EXPECT_NEAR(loss.sum / loss.count, 5.25, near());
  EXPECT_EQ(loss.count, 2);
  EXPECT_TRUE(isClose("gradient", loss.gradient, {0.5, 3, 0.5, 0}, near()));
  LossInput metric = input;
  metric.attributes = {{"countWeights", true}};
  const LossOutput counted = run(metric);
  EXPECT_NEAR(counted.sum / counted.count, 21 / 6.5, near());
}

TEST_P(Losses, PositionsHaveLabels) {
  const Values z{2, 1, 0, 0, 3, 1, 1, 1, 1, 0, 0, 5};
  const LossInput positions{"softmaxCrossEntropy", {2, 2, 3}, z, {0, 1, 2, 2}, true};
  const LossInput rows{"softmaxCrossEntropy", {4, 3}, z, {0, 1, 2, 2}, true};
  const LossOutput actual = run(positions), expected = run(rows);
  EXPECT_NEAR(actual.sum / actual.count, expected.sum / expected.count, near());
  EXPECT_TRUE(isClose("gradient", actual.gradient, expected.gradient, near()));
}

INSTANTIATE_TEST_SUITE_P(Backends, Losses, testing::ValuesIn(backendNames()), backendOf);

struct LossCase {
  std::string type;
  Kind kind;
  bool takesLabels;
};

constexpr double kScale = 0.7;

const LossCase kLossCases[] = {
    {"softmaxCrossEntropy", Kind::Normal, true},
    {"sigmoidCrossEntropy", Kind::Normal, false},
    {"categoricalCrossentropy", Kind::Positive, true},
    {"binaryCrossentropy", Kind::Positive, false},
    {"meanSquaredError", Kind::Normal, false},
    {"meanAbsoluteError", Kind::Normal, false},
};

LossInput makeInput(const LossCase& loss, const Shape& shape, bool labels, bool weighted) {
  LossInput input{loss.type,          shape, makeValues(shape, loss.kind, 1), {}, labels, {},
                  {{"scale", kScale}}};
  // Probabilities below 1 and off the clipping's edges.
  if (loss.kind == Kind::Positive) {
    for (double& p : input.predictions) p = static_cast<float>(0.6 * p);
  }
  const std::int64_t positions = elementCount(shape) / shape.back();
  input.targets =
      labels ? makeLabels(positions, shape.back(), 2) : makeValues(shape, Kind::Positive, 2);
  if (!labels) {
    for (double& t : input.targets) t -= 0.5;
  }
  if (weighted)
    input.weights = makeValues(Shape(shape.begin(), shape.end() - 1), Kind::Positive, 3);
  return input;
}

std::vector<LossInput> allInputs() {
  std::vector<LossInput> inputs;
  for (const LossCase& loss : kLossCases) {
    for (const Shape& shape : {Shape{5, 7}, Shape{1, 1}, Shape{2, 3, 4}, Shape{2, 2, 3, 17}}) {
      for (const bool weighted : {false, true}) {
        inputs.push_back(makeInput(loss, shape, false, weighted));
        if (loss.takesLabels) inputs.push_back(makeInput(loss, shape, true, weighted));
      }
    }
  }
  return inputs;
}

TEST(LossGradient, EqualsCentralDifferences) {
  constexpr double kStep = 1e-6;
  for (LossInput input : allInputs()) {
    const LossOutput loss = runLoss("reference", input);
    for (std::size_t i = 0; i < input.predictions.size(); ++i) {
      const double before = input.predictions[i];
      input.predictions[i] = before + kStep;
      const double above = runLoss("reference", input).sum;
      input.predictions[i] = before - kStep;
      const double below = runLoss("reference", input).sum;
      input.predictions[i] = before;
      const double expected = kScale * (above - below) / (2 * kStep) / loss.count;
      EXPECT_NEAR(loss.gradient[i], expected, 1e-8)
          << input.type << " " << toString(input.shape) << "[" << i << "]";
    }
  }
}

TEST(LossConformance, EveryBackendAgreesWithTheReference) {
  const double tolerance = toleranceOf("loss");
  for (const std::string& backend : backendNames()) {
    for (const LossInput& input : allInputs()) {
      SCOPED_TRACE(backend + " " + input.type + " " + toString(input.shape));
      const LossOutput actual = runLoss(backend, input);
      const LossOutput expected = runLoss("reference", input);
      EXPECT_TRUE(isClose("sum", {actual.sum}, {expected.sum}, tolerance));
      EXPECT_EQ(actual.count, expected.count);
      EXPECT_TRUE(isClose("gradient", actual.gradient, expected.gradient, tolerance));
    }
  }
}

TEST(LossErrors, NameTheOpAndTheShapes) {
  Graph graph;
  const TensorId p = graph.addTensor({"p", {2, 3}, ElementType::Float, Role::Input});
  const TensorId t = graph.addTensor({"t", {2, 4}, ElementType::Float, Role::Target});
  const TensorId a = graph.addTensor({"a", {2}, ElementType::Double, Role::Accumulator});
  expectError(ErrorCode::Shape, {"meanSquaredError 'loss'", "[2,3]", "[2,4]"}, [&] {
    graph.add("meanSquaredError", "loss", {p, t, kNoTensor, a});
  });
}

}  // namespace

}  // namespace node_cudnn::test
