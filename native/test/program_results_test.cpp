// What evaluate, predict and gradients give: Keras's numbers, several inputs and outputs, weights.
#include <gtest/gtest.h>

#include <cmath>

#include "backend_test.h"
#include "closeness.h"
#include "small_model.h"
#include "tolerances.h"
#include "values.h"

namespace node_cudnn::test {

namespace {

using Floats = std::vector<float>;

Values inDoubles(const Floats& values) { return {values.begin(), values.end()}; }

HostRows rowsOf(const Floats& values, std::int64_t rowElements, const char* name = "x") {
  const auto rows = static_cast<std::int64_t>(values.size()) / rowElements;
  return {values.data(), HostType::Float32, rows, rowElements, nullptr, 0, name};
}

class ProgramResults : public OnEveryBackend {
 protected:
  static std::unique_ptr<Program> prepared(ModelSpec spec, const TrainingSpec& training) {
    auto program = std::make_unique<Program>(std::move(spec));
    program->configureTraining(training);
    program->initialize();
    return program;
  }

  // A model of one activation, or of none.
  static std::unique_ptr<Program> activationModel(std::int64_t units, const char* function,
                                                  const TrainingSpec& training) {
    SmallModel model(GetParam());
    const std::int32_t x = model.input("x", {units});
    model.output(model.activation("activation", x, function));
    return prepared(model.spec, training);
  }

  static Batch batchOf(const Floats& x, const Floats& y, std::int64_t xElements,
                       std::int64_t yElements, const Floats& weights = {}) {
    Batch batch;
    batch.size = static_cast<std::int64_t>(x.size()) / xElements;
    batch.inputs = {rowsOf(x, xElements)};
    batch.targets = {rowsOf(y, yElements, "y")};
    if (!weights.empty()) batch.sampleWeights = {rowsOf(weights, 1, "sampleWeight")};
    return batch;
  }
};

TEST_P(ProgramResults, ALastSigmoidIsIgnoredByCrossEntropy) {
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

TEST_P(ProgramResults, CrossEntropyLooksBehindALastSoftmax) {
  SmallModel model(GetParam());
  model.output(model.softmax("softmax", model.input("x", {3})));
  const auto program = prepared(model.spec, trainingWith(momentumSgd()));
  const Floats x{0, 120, 0}, y{0};
  program->evaluate(batchOf(x, y, 3, 1));
  EXPECT_NEAR(program->results(true)[0].sum, 120, 1e-4);
}

TEST_P(ProgramResults, BinaryAccuracyTurnsItsThresholdIntoALogit) {
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

TEST_P(ProgramResults, DropoutIsLeftOutOfEvaluationAndPrediction) {
  ModelSpec spec = smallAlexNet(GetParam());
  const auto dropping = prepared(spec, trainingWith(momentumSgd()));
  for (OpSpec& op : spec.ops) {
    if (op.type == "dropout") op.attributes.set("rate", 0.0);
  }
  const auto keeping = prepared(spec, trainingWith(momentumSgd()));
  const Data data(8, 144, 3);
  for (Program* program : {dropping.get(), keeping.get()}) program->evaluate(data.batch(0, 8));
  EXPECT_EQ(dropping->results(true)[0].sum, keeping->results(true)[0].sum);
  EXPECT_EQ(dropping->predict(data.batch(0, 8, false)), keeping->predict(data.batch(0, 8, false)));
  EXPECT_NE(dropping->gradients(data.batch(0, 8)).weights,
            keeping->gradients(data.batch(0, 8)).weights);
}

TEST_P(ProgramResults, CrossEntropyOfOtherOutputsIsClipped) {
  const auto program = activationModel(3, "linear", trainingWith(momentumSgd()));
  const Floats x{0, 1, 0}, y{0};
  const Batch batch = batchOf(x, y, 3, 1);
  program->evaluate(batch);
  EXPECT_NEAR(program->results(true)[0].sum, 16.118095, 1e-4);
  EXPECT_EQ(program->gradients(batch).inputs[0], (Floats{0, 0, 0}));
}

TEST_P(ProgramResults, FromLogitsNeedsNoActivation) {
  TrainingSpec training = trainingWith(momentumSgd());
  training.losses[0].fromLogits = true;
  const auto program = activationModel(3, "linear", training);
  const Floats x{0, 120, 0}, y{0};
  program->evaluate(batchOf(x, y, 3, 1));
  EXPECT_NEAR(program->results(true)[0].sum, 120, 1e-4);
}

TEST_P(ProgramResults, SampleWeightsWeighTheLossButNotPlainMetrics) {
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

// Keras 3, x = 1, 2, 4, 7 with the default momentum .99 and epsilon 1e-3.
TEST_P(ProgramResults, BatchNormalizationKeepsBiasedMovingStatistics) {
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

TEST_P(ProgramResults, FrozenBatchNormalizationUsesMovingStatistics) {
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

TEST_P(ProgramResults, PenaltiesAddToLossAndGradients) {
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
  EXPECT_NEAR(penalty.sum / penalty.count, expected, 1e-6 * expected);

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

// Two inputs that meet, two outputs with weighed losses, a value that is output and input at once.
ModelSpec forked(const std::string& backend) {
  SmallModel model(backend);
  const std::int32_t a = model.input("a", {3}), b = model.input("b", {2});
  const std::int32_t joined = model.op({"concatenate", "join", {a, b}, {}, {{"axis", 1.0}}}, {5});
  const std::int32_t hidden = model.activation("relu", model.dense("hidden", joined, 6));
  const std::int32_t first = model.dense("first", hidden, 2);
  model.output(first);
  model.output(model.softmax("second", model.dense("logits", first, 3)));
  return model.spec;
}

TEST_P(ProgramResults, SeveralInputsAndOutputs) {
  TrainingSpec training = trainingWith({"sgd", {}}, "meanSquaredError");
  training.losses[0].weight = 0.5;
  training.losses.push_back({"sparseCategoricalCrossentropy", 2});
  const auto program = prepared(forked(GetParam()), training);
  const Floats a{1, 2, 3, 4, 5, 6}, b{-1, 1, 0.5F, 2}, y{1, 0, 0, 1}, labels{2, 0};
  Batch batch;
  batch.size = 2;
  batch.inputs = {rowsOf(a, 3, "a"), rowsOf(b, 2, "b")};
  batch.targets = {rowsOf(y, 2, "y0"), rowsOf(labels, 1, "y1")};
  const auto outputs = program->predict(batch);
  ASSERT_EQ(outputs.size(), 2U);
  double squares = 0;
  for (std::size_t i = 0; i < 4; ++i) squares += std::pow(outputs[0][i] - y[i], 2) / 2;
  const double entropy = -std::log(outputs[1][2]) - std::log(outputs[1][3]);
  program->evaluate(batch);
  const std::vector<Result> results = program->results(true);
  EXPECT_EQ(results[0].name, "loss/0");
  EXPECT_EQ(results[1].name, "loss/1");
  EXPECT_NEAR(results[0].sum, 0.5 * squares, 1e-5 * squares);
  EXPECT_NEAR(results[1].sum, 2 * entropy, 1e-5 * entropy);

  // The gradient of the whole loss along the direction of itself.
  const GradientValues gradients = program->gradients(batch);
  double expected = 0;
  const auto before = allWeights(*program);
  constexpr double kStep = 1e-3;
  const auto lossAt = [&](double offset) {
    for (std::size_t i = 0; i < before.size(); ++i) {
      Floats moved = before[i];
      for (std::size_t k = 0; k < moved.size(); ++k) {
        moved[k] += static_cast<float>(offset * gradients.weights[i][k]);
      }
      program->writeWeight(i, moved);
    }
    program->results(true);
    program->evaluate(batch);
    const std::vector<Result> at = program->results(true);
    return (at[0].sum + at[1].sum) / 2;
  };
  for (const Floats& gradient : gradients.weights) {
    for (const double g : gradient) expected += g * g;
  }
  const double slope = (lossAt(kStep) - lossAt(-kStep)) / (2 * kStep);
  EXPECT_NEAR(slope, expected, 0.01 * expected);
}

TEST_P(ProgramResults, AnOutputWithoutALossIsPredictedAllTheSame) {
  TrainingSpec training = trainingWith({"sgd", {}}, "meanSquaredError");
  training.losses.push_back({});
  const auto program = prepared(forked(GetParam()), training);
  const Floats a{1, 2, 3}, b{-1, 1}, y{1, 0};
  Batch batch;
  batch.size = 1;
  batch.inputs = {rowsOf(a, 3, "a"), rowsOf(b, 2, "b")};
  batch.targets = {rowsOf(y, 2, "y0")};
  const auto before = allWeights(*program);
  program->train(batch, 0.1F);
  EXPECT_EQ(program->results(true).size(), 1U);
  EXPECT_EQ(program->predict(batch).size(), 2U);
  const auto after = allWeights(*program);
  EXPECT_NE(after[2], before[2]);
  EXPECT_EQ(after[4], before[4]) << "logits' kernel has no part in the loss";
  EXPECT_EQ(program->explain(Mode::Train, 1).find("logits"), std::string::npos);
}

TEST_P(ProgramResults, AnInputThatNothingReadsDisturbsNothing) {
  const auto predict = [](bool unused) {
    SmallModel model(GetParam());
    const std::int32_t x = model.input("x", {4});
    if (unused) model.input("unused", {4});
    model.output(model.dense("dense2", model.dense("dense1", x, 5), 3));
    Program program(model.spec);
    program.initialize();
    const Floats data{1, 2, 3, 4}, other{9, 9, 9, 9};
    Batch batch;
    batch.size = 1;
    batch.inputs = {rowsOf(data, 4)};
    if (unused) batch.inputs.push_back(rowsOf(other, 4, "unused"));
    return program.predict(batch)[0];
  };
  EXPECT_EQ(predict(true), predict(false));
}

TEST_P(ProgramResults, AgreeWithTheReferenceAfterTraining) {
  const Data data(24, 8 * 6 * 3, 3);
  const auto run = [&](const std::string& backend, const OptimizerSpec& optimizer) {
    const auto program = prepared(smallAlexNet(backend), trainingWith(optimizer));
    for (int step = 0; step < 5; ++step) program->train(data.batch(step % 3 * 8, 8), 0.002F);
    program->results(true);
    program->evaluate(data.batch(0, 24));
    const Result loss = program->results(true)[0];
    Values values = inDoubles(program->predict(data.batch(0, 24, false))[0]);
    values.push_back(loss.sum / loss.count);
    return values;
  };
  for (const OptimizerSpec& optimizer : {momentumSgd(), plainAdam()}) {
    EXPECT_TRUE(isClose(optimizer.type, run(GetParam(), optimizer), run("reference", optimizer),
                        toleranceOf("training")));
  }
}

TEST_P(ProgramResults, InitialWeightsAreThoseOfTheReference) {
  Program actual(smallAlexNet(GetParam(), 77)), expected(smallAlexNet("reference", 77));
  actual.initialize();
  expected.initialize();
  EXPECT_EQ(allWeights(actual), allWeights(expected));
}

TEST_P(ProgramResults, WeightsKeepWhatIsWritten) {
  const auto program = prepared(smallAlexNet(GetParam()), trainingWith(momentumSgd()));
  const Data data(8, 144, 3);
  program->train(data.batch(0, 8), 0.01F);  // the weights now lie as the steps want them
  for (std::size_t i = 0; i < program->weightCount(); ++i) {
    const Values values = makeValues(program->weight(i).shape, Kind::Normal, 50);
    const Floats written(values.begin(), values.end());
    program->writeWeight(i, written);
    EXPECT_EQ(program->readWeight(i), written) << program->weight(i).name;
  }
}

INSTANTIATE_TEST_SUITE_P(Backends, ProgramResults, testing::ValuesIn(backendNames()), backendOf);

}  // namespace

}  // namespace node_cudnn::test
