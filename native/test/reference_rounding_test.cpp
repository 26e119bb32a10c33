// NODE_CUDNN_REFERENCE_ROUNDING: the reference backend, rounded as single precision may be.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "errors.h"
#include "small_model.h"

namespace node_cudnn::test {

namespace {

constexpr const char* kVariable = "NODE_CUDNN_REFERENCE_ROUNDING";

std::vector<std::vector<float>> trained(const char* rounding) {
  if (rounding != nullptr) setenv(kVariable, rounding, 1);
  const Data data(8, 8 * 6 * 3, 3);
  Program program(smallAlexNet("reference"));
  unsetenv(kVariable);
  program.configureTraining(trainingWith(momentumSgd()));
  program.initialize();
  program.train(data.batch(0, 8), 0.05F);
  return allWeights(program);
}

double largestDifference(const std::vector<std::vector<float>>& a,
                         const std::vector<std::vector<float>>& b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < a[i].size(); ++j) {
      largest = std::max(largest, std::abs(double{a[i][j]} - double{b[i][j]}));
    }
  }
  return largest;
}

TEST(ReferenceRounding, MovesResultsByUnitsInTheLastPlace) {
  const auto exact = trained(nullptr);
  const auto rounded = trained("1");
  EXPECT_EQ(trained(nullptr), exact);
  EXPECT_EQ(trained("1"), rounded);
  EXPECT_NE(trained("2"), rounded);
  EXPECT_GT(largestDifference(exact, rounded), 1e-9);
  EXPECT_LT(largestDifference(exact, rounded), 1e-5);
}

TEST(ReferenceRounding, IsAWholeNumber) {
  for (const char* wrong : {"yes", "1.5", "-1", "1 "}) {
    expectError(ErrorCode::Option, {kVariable, "whole number", wrong}, [&] { trained(wrong); });
    unsetenv(kVariable);
  }
}

}  // namespace

}  // namespace node_cudnn::test
