// What predict, evaluate and gradients give: several inputs and outputs, agreement of backends.
#include "program_results.h"

#include <gtest/gtest.h>

#include <cmath>

#include "closeness.h"
#include "tolerances.h"
#include "values.h"

namespace node_cudnn::test {

namespace {

class ProgramResults : public ProgramResultsTest {};

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

// Keras 3, x = 1, 2, 4, 7 with the default momentum .99 and epsilon 1e-3.
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
  // The losses' weights are for the total, of which this is the gradient.
  EXPECT_NEAR(results[0].sum, squares, 1e-5 * squares);
  EXPECT_NEAR(results[1].sum, entropy, 1e-5 * entropy);

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
    return (0.5 * at[0].sum + 2 * at[1].sum) / 2;
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
