// Numbers that Keras 3 gives, op by op.
#include <gtest/gtest.h>

#include <cmath>

#include "backend_test.h"
#include "closeness.h"
#include "numbers.h"
#include "op_case.h"

namespace node_cudnn::test {

namespace {

class KerasNumbers : public OnEveryBackend {
 protected:
  // The output of one op on one input, and the gradient of its sum.
  struct Answer {
    Values y, dx;
  };

  static Answer apply(const std::string& type, const Shape& shape, const Values& x,
                      const Attributes& attributes) {
    const CaseGraph built({"", type, {{"x", shape}}, single(type, attributes)});
    GraphRunner runner(GetParam(), built.graph);
    runner.set(built.inputs[0], x);
    const auto outputs = static_cast<std::size_t>(elementCount(built.graph.shape(built.output)));
    runner.set(built.outputGradient, Values(outputs, 1.0));
    runner.run();
    return {runner.get(built.output), runner.get(built.gradients[0])};
  }
};

TEST_P(KerasNumbers, LocalResponseNormalizationDoesNotDivideAlpha) {
  const Answer answer =
      apply("localResponseNormalization", {1, 1, 1, 7}, {1, 2, 3, 4, 5, 6, 7},
            {{"depthRadius", 2.0}, {"bias", 2.0}, {"alpha", 0.1}, {"beta", 0.75}});
  EXPECT_TRUE(isClose(
      "y", answer.y, {0.399384, 0.598140, 0.661950, 0.662240, 0.640061, 0.803316, 1.022446}, 2e-6));
}

TEST_P(KerasNumbers, TheFirstMaximumTakesTheGradient) {
  const Attributes windows{
      {"poolSize", list({1, 2})}, {"strides", list({1, 2})}, {"padding", list({0, 0, 0, 0})}};
  const Answer answer = apply("maxPooling2d", {1, 1, 4, 1}, {3, 3, 1, 3}, windows);
  EXPECT_EQ(answer.y, (Values{3, 3}));
  EXPECT_EQ(answer.dx, (Values{1, 0, 0, 1}));
}

TEST_P(KerasNumbers, TheFirstMaximumIsFirstByRows) {
  const Attributes windows{
      {"poolSize", list({2, 2})}, {"strides", list({2, 2})}, {"padding", list({0, 0, 0, 0})}};
  EXPECT_EQ(apply("maxPooling2d", {1, 2, 2, 1}, {0, 5, 5, 5}, windows).dx, (Values{0, 1, 0, 0}));
  EXPECT_EQ(apply("maxPooling2d", {1, 2, 2, 1}, {0, 1, 5, 5}, windows).dx, (Values{0, 0, 1, 0}));
}

TEST_P(KerasNumbers, PaddingIsBelowEveryNumberInMaxPooling) {
  const Attributes windows{
      {"poolSize", list({1, 2})}, {"strides", list({1, 2})}, {"padding", list({0, 0, 0, 1})}};
  EXPECT_EQ(apply("maxPooling2d", {1, 1, 3, 1}, {-1, -2, -3}, windows).y, (Values{-1, -3}));
}

TEST_P(KerasNumbers, PaddingIsLeftOutOfTheAverage) {
  const Attributes windows{
      {"poolSize", list({1, 2})}, {"strides", list({1, 2})}, {"padding", list({0, 0, 0, 1})}};
  const Answer answer = apply("averagePooling2d", {1, 1, 3, 1}, {2, 4, 6}, windows);
  EXPECT_EQ(answer.y, (Values{3, 6}));
  EXPECT_EQ(answer.dx, (Values{0.5, 0.5, 1}));
}

TEST_P(KerasNumbers, DropoutOfEverythingGivesZeros) {
  const Answer answer = apply("dropout", {2, 4}, Values(8, 3), {{"rate", 1.0}, {"stream", 0.0}});
  EXPECT_EQ(answer.y, Values(8, 0));
  EXPECT_EQ(answer.dx, Values(8, 0));
}

TEST_P(KerasNumbers, DropoutScalesWhatItKeeps) {
  const Answer answer =
      apply("dropout", {50, 40}, Values(2000, 3), {{"rate", 0.2}, {"stream", 5.0}});
  double kept = 0;
  for (std::size_t i = 0; i < 2000; ++i) {
    if (answer.y[i] != 0) {
      EXPECT_NEAR(answer.y[i], 3 / 0.8, 1e-6);
      ++kept;
    }
    EXPECT_NEAR(answer.dx[i], answer.y[i] / 3, 1e-6);
  }
  // Five standard deviations: 5 * sqrt(2000 * 0.8 * 0.2).
  EXPECT_NEAR(kept, 1600, 90);
}

TEST_P(KerasNumbers, ReluHasNoGradientAtZero) {
  const Answer answer =
      apply("activation", {1, 3}, {-1, 0, 2}, {{"function", std::string("relu")}});
  EXPECT_EQ(answer.y, (Values{0, 0, 2}));
  EXPECT_EQ(answer.dx, (Values{0, 0, 1}));
}

TEST_P(KerasNumbers, Activations) {
  const auto at = [](const char* function, double alpha) {
    return apply("activation", {1, 2}, {-0.5, 2},
                 {{"function", std::string(function)}, {"alpha", alpha}});
  };
  EXPECT_TRUE(isClose("leakyRelu", at("leakyRelu", 0.3).y, {-0.15, 2}, near()));
  EXPECT_TRUE(isClose("elu", at("elu", 1).y, {-0.393469, 2}, near()));
  EXPECT_TRUE(isClose("elu gradient", at("elu", 1).dx, {0.606531, 1}, near()));
  EXPECT_TRUE(isClose("sigmoid", at("sigmoid", 0).y, {0.377541, 0.880797}, near()));
  EXPECT_TRUE(isClose("tanh", at("tanh", 0).y, {-0.462117, 0.964028}, near()));
  EXPECT_TRUE(isClose("softplus", at("softplus", 0).y, {0.474077, 2.126928}, near()));
  EXPECT_TRUE(isClose("softplus gradient", at("softplus", 0).dx, {0.377541, 0.880797}, near()));
}

TEST_P(KerasNumbers, ActivationsOfLargeNumbersStayFinite) {
  const auto at = [](const char* function) {
    return apply("activation", {1, 2}, {-200, 200},
                 {{"function", std::string(function)}, {"alpha", 1.0}})
        .y;
  };
  EXPECT_TRUE(isClose("softplus", at("softplus"), {0, 200}, 1e-6));
  EXPECT_TRUE(isClose("sigmoid", at("sigmoid"), {0, 1}, 1e-6));
  EXPECT_TRUE(isClose("tanh", at("tanh"), {-1, 1}, 1e-6));
  EXPECT_TRUE(isClose("elu", at("elu"), {-1, 200}, 1e-6));
}

// log(1 + e^-10) and log(1 + e^-20), whose digits an addition to 1 in single precision would lose.
TEST_P(KerasNumbers, SoftplusKeepsItsDigitsFarBelowZero) {
  const Values y =
      apply("activation", {1, 3}, {-20, -10, 0}, {{"function", std::string("softplus")}}).y;
  EXPECT_NEAR(y[0] / 2.061153620e-9, 1, 1e-5);
  EXPECT_NEAR(y[1] / 4.539889921e-5, 1, 1e-5);
  EXPECT_NEAR(y[2] / 0.693147181, 1, 1e-5);
}

TEST_P(KerasNumbers, SoftmaxOfLargeNumbersStaysFinite) {
  const Answer answer = apply("softmax", {1, 3}, {1000, 1000, -1000}, {});
  EXPECT_TRUE(isClose("y", answer.y, {0.5, 0.5, 0}, 1e-6));
}

INSTANTIATE_TEST_SUITE_P(Backends, KerasNumbers, testing::ValuesIn(backendNames()), backendOf);

}  // namespace

}  // namespace node_cudnn::test
