#include <gtest/gtest.h>

#include "backend_test.h"
#include "loss_run.h"
#include "values.h"

namespace node_cudnn::test {

namespace {

class Metrics : public OnEveryBackend {
 protected:
  static void expect(const LossInput& input, double sum, double count) {
    const LossOutput metric = runLoss(GetParam(), input);
    EXPECT_NEAR(metric.sum, sum, 1e-6);
    EXPECT_NEAR(metric.count, count, 1e-6);
    EXPECT_TRUE(metric.gradient.empty());
  }
};

const Values kScores{0.1, 0.7, 0.2, 0.5, 0.3, 0.2, 0.2, 0.3, 0.5, 0.6, 0.1, 0.3};

TEST_P(Metrics, SparseCategoricalAccuracyCountsRightLabels) {
  expect({"sparseCategoricalAccuracy", {4, 3}, kScores, {1, 0, 1, 0}, true}, 3, 4);
}

TEST_P(Metrics, TheFirstOfEqualScoresIsPredicted) {
  expect({"sparseCategoricalAccuracy", {2, 3}, {0, 1, 1, 2, 2, 2}, {1, 1}, true}, 1, 2);
}

TEST_P(Metrics, WeightsDivideByTheirSum) {
  expect({"sparseCategoricalAccuracy", {4, 3}, kScores, {1, 0, 1, 0}, true, {1, 2, 3, 4}}, 7, 10);
}

TEST_P(Metrics, EachPositionHasItsWeight) {
  expect({"sparseCategoricalAccuracy", {2, 2, 3}, kScores, {1, 0, 1, 0}, true, {1, 2, 3, 4}}, 3.5,
         5);
}

TEST_P(Metrics, CategoricalAccuracyComparesLargestValues) {
  const Values targets{0, 1, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0};
  expect({"categoricalAccuracy", {4, 3}, kScores, targets}, 3, 4);
}

TEST_P(Metrics, BinaryAccuracyIsTheMeanOverTheLastAxis) {
  const LossInput input{"binaryAccuracy",    {2, 2}, {0.6, 0.4, 0.5, 0.9}, {1, 1, 1, 1}, false, {},
                        {{"threshold", 0.5}}};
  expect(input, 1, 2);  // 0.5 is not above the threshold
}

TEST_P(Metrics, BinaryAccuracyOfLogits) {
  const LossInput input{"binaryAccuracy",    {3, 1}, {0.1, -0.1, 0.3}, {1, 1, 1}, false, {},
                        {{"threshold", 0.0}}};
  expect(input, 2, 3);
}

TEST_P(Metrics, TopKCountsLabelsAmongTheKLargest) {
  LossInput input{"topKCategoricalAccuracy", {4, 3}, kScores, {2, 2, 1, 1}, true, {}, {{"k", 2.0}}};
  expect(input, 2, 4);
  input.attributes.set("k", 1.0);
  expect(input, 0, 4);
  input.attributes.set("k", 3.0);
  expect(input, 4, 4);
}

TEST_P(Metrics, TopKTakesDenseTargets) {
  const Values targets{0, 0, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0};
  expect({"topKCategoricalAccuracy", {4, 3}, kScores, targets, false, {1, 2, 3, 4}, {{"k", 2.0}}},
         4, 10);
}

TEST_P(Metrics, PositionsAreAveragedWithinASample) {
  expect({"sparseCategoricalAccuracy", {2, 2, 3}, kScores, {1, 0, 1, 0}, true}, 1.5, 2);
  expect({"sparseCategoricalAccuracy", {2, 2, 3}, kScores, {1, 0, 1, 0}, true, {1, 1, 3, 3}}, 2.5,
         4);
}

INSTANTIATE_TEST_SUITE_P(Backends, Metrics, testing::ValuesIn(backendNames()), backendOf);

}  // namespace

}  // namespace node_cudnn::test
