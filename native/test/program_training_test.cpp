// Whole training steps on every backend.
#include <gtest/gtest.h>

#include <algorithm>

#include "backend_test.h"
#include "closeness.h"
#include "core/error.h"
#include "small_model.h"

namespace node_cudnn::test {

namespace {

class ProgramTraining : public OnEveryBackend {
 protected:
  static std::unique_ptr<Program> prepared(ModelSpec spec, const TrainingSpec& training) {
    auto program = std::make_unique<Program>(std::move(spec));
    program->configureTraining(training);
    program->initialize();
    return program;
  }

  static std::unique_ptr<Program> alexNet(std::uint64_t seed = 1) {
    return prepared(smallAlexNet(GetParam(), seed), trainingWith(momentumSgd()));
  }
};

const Data& images() {
  static const Data data(24, 8 * 6 * 3, 3);
  return data;
}

double meanLoss(Program& program) {
  const Result loss = program.results(true).at(0);
  return loss.sum / loss.count;
}

void trainSteps(Program& program, int steps, float rate = 0.02F, const Data& data = images()) {
  for (int step = 0; step < steps; ++step) program.train(data.batch(step % 3 * 8, 8), rate);
}

TEST_P(ProgramTraining, TheLossFallsAndTheAccuracyRises) {
  for (const OptimizerSpec& optimizer : {momentumSgd(), plainAdam()}) {
    const auto program = prepared(smallAlexNet(GetParam()), trainingWith(optimizer));
    program->evaluate(images().batch(0, 24));
    const double before = meanLoss(*program);
    trainSteps(*program, 60, optimizer.type == "adam" ? 0.003F : 0.02F);
    program->results(true);
    program->evaluate(images().batch(0, 24));
    const std::vector<Result> after = program->results(true);
    EXPECT_LT(after[0].sum / after[0].count, 0.5 * before) << optimizer.type;
    EXPECT_EQ(after[1].name, "metric/0");
    EXPECT_EQ(after[1].count, 24);
    EXPECT_GT(after[1].sum, 20) << optimizer.type;
  }
}

TEST_P(ProgramTraining, ARaggedBatchCountsByItsSize) {
  const auto program = prepared(smallDense(GetParam()), trainingWith(momentumSgd()));
  const Data data(13, 4, 3);
  program->train(data.batch(0, 8), 0.1F);
  program->train(data.batch(8, 5), 0.1F);
  const std::vector<Result> results = program->results(false);
  EXPECT_EQ(results[0].count, 13);
  EXPECT_EQ(results[1].count, 13);
  EXPECT_EQ(program->step(), 2U);
  program->results(true);
  EXPECT_EQ(program->results(false)[0].count, 0);
}

TEST_P(ProgramTraining, TheSameSeedGivesTheSameBits) {
  const auto first = alexNet(), second = alexNet(), other = alexNet(2);
  for (Program* program : {first.get(), second.get(), other.get()}) trainSteps(*program, 7);
  EXPECT_EQ(allWeights(*first), allWeights(*second));
  EXPECT_NE(allWeights(*first), allWeights(*other));
}

TEST_P(ProgramTraining, DropoutDrawsAnewAtEachStepAndNotInEvaluation) {
  const auto program = alexNet();
  const Batch batch = images().batch(0, 8);
  const auto lossOf = [&](auto run) {
    run();
    return meanLoss(*program);
  };
  const double evaluated = lossOf([&] { program->evaluate(batch); });
  EXPECT_EQ(lossOf([&] { program->evaluate(batch); }), evaluated);
  const double first = lossOf([&] { program->train(batch, 0); });
  const double second = lossOf([&] { program->train(batch, 0); });
  EXPECT_NE(first, second);
  program->setStep(0);
  EXPECT_EQ(lossOf([&] { program->train(batch, 0); }), first);
}

TEST_P(ProgramTraining, FrozenWeightsStay) {
  ModelSpec spec = smallAlexNet(GetParam());
  spec.weights[0].trainable = false;  // conv1's kernel, but not its bias
  const auto program = prepared(std::move(spec), trainingWith(momentumSgd()));
  const auto before = allWeights(*program);
  trainSteps(*program, 3);
  const auto after = allWeights(*program);
  EXPECT_EQ(after[0], before[0]);
  for (std::size_t i = 1; i < after.size(); ++i) {
    EXPECT_NE(after[i], before[i]) << program->weight(i).name;
  }
  for (const std::string& name : program->optimizerStateNames()) {
    EXPECT_NE(name, "conv1/kernel/velocity");
  }
}

TEST_P(ProgramTraining, AModelWithoutTrainableWeightsTrains) {
  ModelSpec spec = smallDense(GetParam());
  for (WeightSpec& weight : spec.weights) weight.trainable = false;
  const auto program = prepared(std::move(spec), trainingWith(momentumSgd()));
  const auto before = allWeights(*program);
  const Data data(8, 4, 3);
  program->train(data.batch(0, 8), 0.1F);
  EXPECT_EQ(allWeights(*program), before);
  EXPECT_EQ(program->results(true)[0].count, 8);
}

TEST_P(ProgramTraining, OptimizerStateResumesWhereItStopped) {
  // Reading rounds the reference's doubles to floats; single precision resumes bit for bit.
  for (const OptimizerSpec& optimizer : {momentumSgd(), plainAdam()}) {
    const auto whole = prepared(smallAlexNet(GetParam()), trainingWith(optimizer));
    trainSteps(*whole, 6, 0.003F);
    const auto first = prepared(smallAlexNet(GetParam()), trainingWith(optimizer));
    trainSteps(*first, 3, 0.003F);
    const auto resumed = prepared(smallAlexNet(GetParam()), trainingWith(optimizer));
    for (std::size_t i = 0; i < first->weightCount(); ++i) {
      resumed->writeWeight(i, first->readWeight(i));
    }
    ASSERT_EQ(resumed->optimizerStateNames(), first->optimizerStateNames());
    ASSERT_FALSE(first->optimizerStateNames().empty());
    for (std::size_t i = 0; i < first->optimizerStateNames().size(); ++i) {
      resumed->writeOptimizerState(i, first->readOptimizerState(i));
    }
    resumed->setStep(first->step());
    trainSteps(*resumed, 3, 0.003F);
    const auto expected = allWeights(*whole), actual = allWeights(*resumed);
    if (GetParam() != "reference") {
      EXPECT_EQ(actual, expected) << optimizer.type;
      continue;
    }
    for (std::size_t i = 0; i < actual.size(); ++i) {
      EXPECT_TRUE(isClose(whole->weight(i).name, Values(actual[i].begin(), actual[i].end()),
                          Values(expected[i].begin(), expected[i].end()), 1e-4));
    }
  }
}

TEST_P(ProgramTraining, GradientsBeforeTheFirstStepLeaveTrainingAsItIs) {
  const auto plain = alexNet(), asked = alexNet();
  const GradientValues gradients = asked->gradients(images().batch(0, 8));
  ASSERT_EQ(gradients.weights.size(), asked->weightCount());
  EXPECT_EQ(gradients.weights[0].size(), 3U * 3 * 3 * 8);
  EXPECT_EQ(gradients.inputs.at(0).size(), 8U * 8 * 6 * 3);
  asked->results(true);
  trainSteps(*plain, 4);
  trainSteps(*asked, 4);
  EXPECT_EQ(allWeights(*asked), allWeights(*plain));
  EXPECT_EQ(asked->readOptimizerState(0), plain->readOptimizerState(0));
}

TEST_P(ProgramTraining, PredictionBetweenStepsLeavesTrainingAsItIs) {
  const auto plain = alexNet(), asked = alexNet();
  asked->predict(images().batch(0, 5, false));
  for (int step = 0; step < 3; ++step) {
    plain->train(images().batch(step * 8, 8), 0.02F);
    asked->train(images().batch(step * 8, 8), 0.02F);
    asked->predict(images().batch(0, 24, false));
    asked->evaluate(images().batch(0, 7));
  }
  EXPECT_EQ(allWeights(*asked), allWeights(*plain));
}

TEST_P(ProgramTraining, SgdMovesWeightsByRateTimesGradient) {
  const auto program = prepared(smallDense(GetParam()), trainingWith({"sgd", {}}));
  const Data data(8, 4, 3);
  const auto before = allWeights(*program);
  const GradientValues gradients = program->gradients(data.batch(0, 8));
  program->train(data.batch(0, 8), 0.25F);
  const auto after = allWeights(*program);
  for (std::size_t i = 0; i < after.size(); ++i) {
    Values moved, expected;
    for (std::size_t k = 0; k < after[i].size(); ++k) {
      moved.push_back(static_cast<double>(before[i][k]) - after[i][k]);
      expected.push_back(0.25 * gradients.weights[i][k]);
    }
    EXPECT_TRUE(isClose(program->weight(i).name, moved, expected, 1e-5));
  }
}

TEST_P(ProgramTraining, ChangingTheOptimizerKeepsTheWeights) {
  const auto program = alexNet();
  trainSteps(*program, 2);
  const auto before = allWeights(*program);
  program->configureTraining(trainingWith(plainAdam()));
  EXPECT_EQ(allWeights(*program), before);
  EXPECT_EQ(program->step(), 0U);
  EXPECT_EQ(program->optimizerStateNames().size(), 2 * before.size());
  trainSteps(*program, 2, 0.001F);
  EXPECT_NE(allWeights(*program), before);
}

TEST_P(ProgramTraining, ProfilingLeavesTheWeights) {
  const auto program = alexNet();
  trainSteps(*program, 2);
  const auto before = allWeights(*program);
  const auto profile = program->profile(images().batch(0, 8), 2);
  EXPECT_EQ(allWeights(*program), before);
  EXPECT_EQ(program->step(), 2U);
  EXPECT_TRUE(std::ranges::any_of(
      profile, [](const CommandProfile& command) { return command.name == "conv1"; }));
  trainSteps(*program, 2);
}

TEST_P(ProgramTraining, ExplainListsTheOps) {
  const auto program = alexNet();
  const std::string plan = program->explain(Mode::Train, 8);
  for (const char* name : {"conv1", "lrn", "pool1", "conv2/backwardWeights", "sgd"}) {
    EXPECT_NE(plan.find(name), std::string::npos) << name << " is missing from\n" << plan;
  }
}

INSTANTIATE_TEST_SUITE_P(Backends, ProgramTraining, testing::ValuesIn(backendNames()), backendOf);

}  // namespace

}  // namespace node_cudnn::test
