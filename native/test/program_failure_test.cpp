// What goes wrong in a step: the error says where, and the weights stay.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "backend_test.h"
#include "core/error.h"
#include "errors.h"
#include "small_model.h"

namespace node_cudnn::test {

namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

class ProgramFailure : public OnEveryBackend {
 protected:
  ProgramFailure() : data_(16, 8 * 6 * 3, 3), program_(smallAlexNet(GetParam())) {
    program_.configureTraining(trainingWith(momentumSgd()));
    program_.initialize();
    program_.train(data_.batch(0, 8), 0.02F);
  }

  // The step fails with the code, names all words, and changes neither weights nor state.
  void expectFailure(const Batch& batch, ErrorCode code, const std::vector<std::string>& words,
                     float rate = 0.02F) {
    const auto before = allWeights(program_);
    const auto velocity = program_.readOptimizerState(0);
    expectError(code, words, [&] { program_.train(batch, rate); });
    EXPECT_EQ(allWeights(program_), before);
    EXPECT_EQ(program_.readOptimizerState(0), velocity);
    EXPECT_EQ(program_.step(), 1U);
    program_.results(true);
    data_ = Data(16, 8 * 6 * 3, 3);
    program_.train(data_.batch(8, 8), 0.02F);
    EXPECT_TRUE(std::isfinite(program_.results(true)[0].sum));
  }

  Data data_;
  Program program_;
};

TEST_P(ProgramFailure, NanInTheData) {
  data_.x[9 * 144 + 5] = kNan;
  expectFailure(data_.batch(8, 8), ErrorCode::Data, {"x", "row 9"});
}

TEST_P(ProgramFailure, InfinityInTheData) {
  data_.x[15 * 144] = std::numeric_limits<float>::infinity();
  expectFailure(data_.batch(8, 8), ErrorCode::Data, {"x", "row 15"});
}

TEST_P(ProgramFailure, LabelTooLarge) {
  data_.labels[10] = 3;
  expectFailure(data_.batch(8, 8), ErrorCode::Data, {"y", "row 10", "3"});
}

TEST_P(ProgramFailure, NegativeLabel) {
  data_.labels[8] = -1;
  expectFailure(data_.batch(8, 8), ErrorCode::Data, {"y", "row 8", "-1"});
}

TEST_P(ProgramFailure, RowOutsideTheArray) {
  const std::vector<std::int32_t> indices{0, 1, 16};
  Batch batch = data_.batch(0, 3);
  batch.inputs[0].indices = indices.data();
  expectFailure(batch, ErrorCode::Data, {"x", "16"});
}

TEST_P(ProgramFailure, RowsOfAnotherLength) {
  Batch batch = data_.batch(0, 8);
  batch.inputs[0].rowElements = 143;
  expectFailure(batch, ErrorCode::Shape, {"x", "144", "143"});
}

TEST_P(ProgramFailure, NoRows) { expectFailure(data_.batch(0, 0), ErrorCode::Data, {"batch"}); }

TEST_P(ProgramFailure, MissingTargets) {
  expectFailure(data_.batch(0, 8, false), ErrorCode::Data, {"targets"});
}

TEST_P(ProgramFailure, LearningRateThatIsNoNumber) {
  expectFailure(data_.batch(8, 8), ErrorCode::Option, {"learningRate"}, kNan);
}

// Sums that overflow single precision; the reference's doubles have room for them.
TEST_P(ProgramFailure, OverflowNamesTheStepAndTheOp) {
  for (std::size_t i = 8 * 144; i < data_.x.size(); ++i) data_.x[i] *= 1e37F;
  std::vector<float> kernel = program_.readWeight(0);
  for (float& value : kernel) value *= 1e4F;
  program_.writeWeight(0, kernel);
  if (GetParam() == "reference") {
    program_.train(data_.batch(8, 8), 0);
    EXPECT_EQ(program_.step(), 2U);
  } else {
    expectFailure(data_.batch(8, 8), ErrorCode::NotFinite, {"step 1", "conv1"});
  }
}

TEST_P(ProgramFailure, TheFirstBadOpIsNamed) {
  std::vector<float> kernel = program_.readWeight(2);
  const std::vector<float> good = kernel;
  kernel[0] = kNan;
  program_.writeWeight(2, kernel);
  expectError(ErrorCode::NotFinite, {"conv2"}, [&] { program_.train(data_.batch(0, 8), 0.02F); });
  program_.writeWeight(2, good);
  program_.train(data_.batch(0, 8), 0.02F);
}

// ReLU, fused or not, and the maximum of a window do not hide NaN from a training step.
TEST_P(ProgramFailure, NanInAnyWeightIsFound) {
  const Batch batch = data_.batch(0, 8);
  for (std::size_t i = 0; i < program_.weightCount(); ++i) {
    const std::vector<float> good = program_.readWeight(i);
    const std::string name = program_.weight(i).name;
    program_.writeWeight(i, std::vector<float>(good.size(), kNan));
    expectError(ErrorCode::NotFinite,
                {name.substr(0, name.find('/')), "the weight '" + name + "' holds NaN"},
                [&] { program_.train(batch, 0.02F); });
    program_.writeWeight(i, good);
  }
  program_.train(batch, 0.02F);
  EXPECT_EQ(program_.step(), 2U);
}

TEST_P(ProgramFailure, NanInTheOptimizersStateIsFound) {
  std::vector<float> velocity = program_.readOptimizerState(0);
  velocity[0] = kNan;
  program_.writeOptimizerState(0, velocity);
  program_.train(data_.batch(0, 8), 0.02F);
  expectError(ErrorCode::NotFinite, {"conv1"}, [&] { program_.train(data_.batch(0, 8), 0.02F); });
}

TEST_P(ProgramFailure, AnUpdateThatOverflowsIsFound) {
  const auto trains = [&] { program_.train(data_.batch(0, 8), 3e38F); };
  trains();
  // The reference's doubles have room for more.
  if (GetParam() == "reference") return;
  expectError(ErrorCode::NotFinite, {"step 2", "conv1"}, trains);
}

TEST_P(ProgramFailure, NanInAWeightReachesThePrediction) {
  const Batch batch = data_.batch(0, 8, false);
  const std::vector<float> good = program_.readWeight(5);
  program_.writeWeight(5, std::vector<float>(good.size(), kNan));
  const std::vector<float> bad = program_.predict(batch).at(0);
  EXPECT_TRUE(std::ranges::all_of(bad, [](float value) { return std::isnan(value); }));
  program_.writeWeight(5, good);
  const std::vector<float> fine = program_.predict(batch).at(0);
  EXPECT_TRUE(std::ranges::all_of(fine, [](float value) { return std::isfinite(value); }));
}

TEST_P(ProgramFailure, ValuesThatAreTooFewOrTooMany) {
  const auto before = allWeights(program_);
  for (const std::size_t count : {std::size_t{0}, std::size_t{7}, std::size_t{9}}) {
    const std::vector<float> values(count, 5);
    expectError(ErrorCode::Shape, {"conv1/bias", "8", std::to_string(count)},
                [&] { program_.writeWeight(1, values); });
    expectError(ErrorCode::Shape, {"conv1/bias/velocity", "8", std::to_string(count)},
                [&] { program_.writeOptimizerState(1, values); });
  }
  EXPECT_EQ(allWeights(program_), before);
}

INSTANTIATE_TEST_SUITE_P(Backends, ProgramFailure, testing::ValuesIn(backendNames()), backendOf);

void expectRefused(const ModelSpec& spec, ErrorCode code, const std::vector<std::string>& words) {
  expectError(code, words, [&] { Program program(spec); });
}

TEST(ModelErrors, UnknownBackendListsThoseThatExist) {
  expectRefused(smallDense("tpu"), ErrorCode::Backend, {"tpu", "reference"});
}

TEST(ModelErrors, UnknownOp) {
  ModelSpec spec = smallDense("reference");
  spec.ops[1].type = "swish";
  expectRefused(spec, ErrorCode::Option, {"swish"});
}

TEST(ModelErrors, AShapeThatDoesNotFitNamesTheOp) {
  ModelSpec spec = smallDense("reference");
  spec.weights[0].shape = {5, 9};
  expectRefused(spec, ErrorCode::Shape, {"dense 'dense1'", "[...,5]", "4]"});
}

TEST(ModelErrors, TrainingNeedsALoss) {
  Program program(smallDense("reference"));
  program.initialize();
  const Data data(4, 4, 3);
  EXPECT_THROW(program.train(data.batch(0, 4), 0.1F), Error);
  EXPECT_EQ(program.predict(data.batch(0, 4, false)).at(0).size(), 12U);
}

TEST(ModelErrors, AWrongTrainingSpecChangesNothing) {
  Program program(smallDense("reference"));
  program.configureTraining(trainingWith(momentumSgd()));
  program.initialize();
  const Data data(4, 4, 3);
  program.train(data.batch(0, 4), 0.1F);
  EXPECT_THROW(program.configureTraining(trainingWith(momentumSgd(), "hinge")), Error);
  EXPECT_THROW(program.configureTraining(trainingWith({"rmsprop", {}})), Error);
  EXPECT_THROW(program.configureTraining(trainingWith({"sgd", {{"momentum", 1.5}}})), Error);
  EXPECT_EQ(program.step(), 1U);
  program.train(data.batch(0, 4), 0.1F);
}

TEST(ModelErrors, AModelTooLargeForMemory) {
  SmallModel model("reference");
  const std::int32_t x = model.input("x", {1 << 20});
  model.output(model.dense("huge", x, 1 << 20));
  Program program(model.spec);
  expectError(ErrorCode::OutOfMemory, {"huge/kernel", "MiB"}, [&] { program.initialize(); });
}

}  // namespace

}  // namespace node_cudnn::test
