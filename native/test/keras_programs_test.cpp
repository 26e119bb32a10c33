// Whole programs against Keras's numbers: losses behind an activation, weights, moving statistics,
// penalties.
#include <gtest/gtest.h>

#include <cmath>

#include "closeness.h"
#include "program_results.h"

namespace node_cudnn::test {

namespace {

class KerasPrograms : public ProgramResultsTest {};

TEST_P(KerasPrograms, ALastSigmoidIsIgnoredByCrossEntropy) {
  const auto program = activationModel(4, "sigmoid", trainingWith(momentumSgd()));
  const Floats x{2, 1, -1, 0.5}, y{1};
  const Batch batch = batchOf(x, y, 4, 1);
  program->evaluate(batch);
  EXPECT_NEAR(program->results(true)[0].sum, 1.495182, 1e-6);
  const GradientValues gradients = program->gradients(batch);
  EXPECT_TRUE(
      isClose("dx", inDoubles(gradients.inputs[0]), {0.60946, -0.77579, 0.03034, 0.13599}, 1e-5));
  EXPECT_TRUE(isClose("prediction", inDoubles(program->predict(batch)[0]),
                      {0.880797, 0.731059, 0.268941, 0.622459}, 1e-6));
}

TEST_P(KerasPrograms, CrossEntropyLooksBehindALastSoftmax) {
  SmallModel model(GetParam());
  model.output(model.softmax("softmax", model.input("x", {3})));
  const auto program = prepared(model.spec, trainingWith(momentumSgd()));
  const Floats x{0, 120, 0}, y{0};
  program->evaluate(batchOf(x, y, 3, 1));
  EXPECT_NEAR(program->results(true)[0].sum, 120, 1e-4);
}

TEST_P(KerasPrograms, BinaryAccuracyIsOfProbabilitiesWhereTheLossIsOfLogits) {
  TrainingSpec training = trainingWith({"sgd", {}}, "binaryCrossentropy");
  training.metrics.push_back({"binaryAccuracy", 0, {{"threshold", 0.8}}, false});
  const auto program = activationModel(1, "sigmoid", training);
  // Probabilities .731, .769, .818 and .881.
  const Floats x{1, 1.2F, 1.5F, 2}, y{0, 0, 1, 1};
  const Batch batch = batchOf(x, y, 1, 1);
  program->evaluate(batch);
  const std::vector<Result> results = program->results(true);
  double expected = 0;
  for (std::size_t i = 0; i < 4; ++i) expected += std::log1p(std::exp(x[i])) - x[i] * y[i];
  EXPECT_NEAR(results[0].sum, expected, 1e-5);
  EXPECT_EQ(results[1].sum, 4);
}

TEST_P(KerasPrograms, TrainingComputesASoftmaxOnlyForMetricsThatReadIt) {
  TrainingSpec training = trainingWith(momentumSgd());
  const auto trains = [&] {
    return prepared(smallDense(GetParam()), training)->explain(Mode::Train, 4);
  };
  EXPECT_EQ(trains().find("softmax "), std::string::npos) << "the accuracy is of logits, too";
  training.metrics.push_back({"topKCategoricalAccuracy", 0, {{"k", 2.0}}, false});
  EXPECT_NE(trains().find("softmax "), std::string::npos);
}

TEST_P(KerasPrograms, CrossEntropyOfOtherOutputsIsClipped) {
  const auto program = activationModel(3, "linear", trainingWith(momentumSgd()));
  const Floats x{0, 1, 0}, y{0};
  const Batch batch = batchOf(x, y, 3, 1);
  program->evaluate(batch);
  EXPECT_NEAR(program->results(true)[0].sum, 16.118095, 1e-4);
  EXPECT_EQ(program->gradients(batch).inputs[0], (Floats{0, 0, 0}));
}

TEST_P(KerasPrograms, FromLogitsNeedsNoActivation) {
  TrainingSpec training = trainingWith(momentumSgd());
  training.losses[0].fromLogits = true;
  const auto program = activationModel(3, "linear", training);
  const Floats x{0, 120, 0}, y{0};
  program->evaluate(batchOf(x, y, 3, 1));
  EXPECT_NEAR(program->results(true)[0].sum, 120, 1e-4);
}

TEST_P(KerasPrograms, SampleWeightsWeighTheLossButNotPlainMetrics) {
  TrainingSpec training = trainingWith(momentumSgd());
  MetricSpec weighted = training.metrics[0];
  weighted.weighted = true;
  training.metrics.push_back(weighted);
  const auto program = activationModel(2, "linear", training);
  const Floats x{0.7F, 0.3F, 0.2F, 0.8F, 0.1F, 0.9F, 0.7F, 0.3F};
  const Floats y{0, 0, 0, 0}, weights{1, 2, 3, 4};
  program->evaluate(batchOf(x, y, 2, 1, weights));
  const std::vector<Result> results = program->results(true);
  EXPECT_NEAR(results[0].sum / results[0].count, 2.977501, 2e-6);
  EXPECT_EQ(results[1].sum, 2);
  EXPECT_EQ(results[1].count, 4);
  EXPECT_EQ(results[2].sum, 5);
  EXPECT_EQ(results[2].count, 10);
}

TEST_P(KerasPrograms, BatchNormalizationKeepsBiasedMovingStatistics) {
  SmallModel model(GetParam());
  const std::int32_t x = model.input("x", {1});
  model.output(model.batchNormalization("norm", x, 0.99));
  const auto program = prepared(model.spec, trainingWith({"sgd", {}}, "meanSquaredError"));
  const Floats data{1, 2, 4, 7}, targets{-1.090986F, -0.654591F, 0.218197F, 1.52738F};
  const Batch batch = batchOf(data, targets, 1, 1);
  program->train(batch, 0);
  EXPECT_NEAR(program->results(true)[0].sum, 0, 1e-10);
  EXPECT_NEAR(program->readWeight(2)[0], 0.035, 1e-7);
  EXPECT_NEAR(program->readWeight(3)[0], 1.0425, 1e-6);
  const Floats predicted = program->predict(batch)[0];
  EXPECT_NEAR(predicted[3], (7 - 0.035) / std::sqrt(1.0425 + 1e-3), 1e-5);
  program->evaluate(batch);
  EXPECT_NEAR(program->readWeight(2)[0], 0.035, 1e-7) << "evaluation moved the statistics";
}

TEST_P(KerasPrograms, FrozenBatchNormalizationUsesMovingStatistics) {
  SmallModel model(GetParam());
  const std::int32_t x = model.input("x", {1});
  model.output(model.batchNormalization("norm", x));
  model.spec.ops[0].attributes.set("training", false);
  const auto program = prepared(model.spec, trainingWith({"sgd", {}}, "meanSquaredError"));
  const Floats data{1, 2, 4, 7}, targets{0, 0, 0, 0};
  program->train(batchOf(data, targets, 1, 1), 0);
  EXPECT_NEAR(program->results(true)[0].sum, (1 + 4 + 16 + 49) / 1.001, 1e-4);
  EXPECT_EQ(program->readWeight(2)[0], 0);
  EXPECT_EQ(program->readWeight(3)[0], 1);
}

TEST_P(KerasPrograms, PenaltiesAddToLossAndGradients) {
  ModelSpec spec = smallDense(GetParam());
  const auto plain = prepared(spec, trainingWith({"sgd", {}}));
  spec.weights[0].l2 = 0.25;
  spec.weights[2].l1 = 0.125;
  const auto penalized = prepared(spec, trainingWith({"sgd", {}}));
  const Data data(8, 4, 3);
  double expected = 0;
  for (const double w : plain->readWeight(0)) expected += 0.25 * w * w;
  for (const double w : plain->readWeight(2)) expected += 0.125 * std::fabs(w);
  penalized->evaluate(data.batch(0, 8));
  penalized->evaluate(data.batch(0, 4));
  const Result penalty = penalized->results(true).back();
  EXPECT_EQ(penalty.name, "penalty");
  EXPECT_NEAR(penalty.sum, 12 * expected, 1e-5 * expected);
  EXPECT_EQ(penalty.count, 12);

  const auto without = plain->gradients(data.batch(0, 8)).weights;
  const auto with = penalized->gradients(data.batch(0, 8)).weights;
  const Floats w0 = plain->readWeight(0), w2 = plain->readWeight(2);
  for (std::size_t i = 0; i < w0.size(); ++i) {
    EXPECT_NEAR(with[0][i] - without[0][i], 0.5 * w0[i], 1e-6);
  }
  for (std::size_t i = 0; i < w2.size(); ++i) {
    EXPECT_NEAR(with[2][i] - without[2][i], w2[i] > 0 ? 0.125 : -0.125, 1e-6);
  }
  EXPECT_EQ(with[1], without[1]);
}

INSTANTIATE_TEST_SUITE_P(Backends, KerasPrograms, testing::ValuesIn(backendNames()), backendOf);

}  // namespace

}  // namespace node_cudnn::test
