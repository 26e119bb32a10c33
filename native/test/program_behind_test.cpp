// A program on a backend that runs behind the host: results are late, and the same; a step that
// fails is told late, and by its own number.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <memory>

#include "delayed_backend.h"
#include "errors.h"
#include "small_model.h"

namespace node_cudnn::test {

namespace {

class ProgramBehind : public testing::Test {
 protected:
  static void SetUpTestSuite() { registerDelayedBackend(); }

  static std::unique_ptr<Program> programOn(const std::string& backend) {
    auto program = std::make_unique<Program>(smallAlexNet(backend));
    program->configureTraining(trainingWith(momentumSgd()));
    program->initialize();
    return program;
  }

  Data data_{32, 8 * 6 * 3, 3};
};

TEST_F(ProgramBehind, GivesTheSameResultsAndWeights) {
  const auto delayed = programOn("delayed");
  const auto prompt = programOn("reference");
  for (Program* program : {delayed.get(), prompt.get()}) {
    for (int step = 0; step < 7; ++step) program->train(data_.batch(step % 4 * 8, 8), 0.02F);
    program->evaluate(data_.batch(0, 4));
  }
  const Result late = delayed->results(true)[0];
  const Result early = prompt->results(true)[0];
  EXPECT_EQ(late.sum, early.sum);
  EXPECT_EQ(late.count, 60);
  EXPECT_EQ(allWeights(*delayed), allWeights(*prompt));
  EXPECT_EQ(delayed->results(false)[0].count, 0);
}

TEST_F(ProgramBehind, ShowsTheRunsThatEndedUntilItHasToWait) {
  const auto program = programOn("delayed");
  for (int step = 0; step < 5; ++step) program->train(data_.batch(0, 8), 0.02F);
  EXPECT_EQ(program->results(false)[0].count, 16);
  EXPECT_EQ(program->results(true)[0].count, 40);
}

TEST_F(ProgramBehind, AWeightThatIsNoNumberIsFoundByReplayingItsStep) {
  const auto program = programOn("delayed");
  program->train(data_.batch(0, 8), 0.02F);
  std::vector<float> kernel = program->readWeight(2);
  const std::vector<float> good = kernel;
  kernel[0] = std::numeric_limits<float>::quiet_NaN();
  program->writeWeight(2, kernel);
  expectError(ErrorCode::NotFinite, {"step 1", "conv2"}, [&] {
    for (int step = 0; step < 10; ++step) program->train(data_.batch(8, 8), 0.02F);
  });
  EXPECT_EQ(program->step(), 1U);
  program->writeWeight(2, good);
  program->train(data_.batch(0, 8), 0.02F);
  EXPECT_TRUE(std::isfinite(program->results(true)[0].sum));
  EXPECT_EQ(program->step(), 2U);
}

TEST_F(ProgramBehind, ReadingWeightsTellsAFailureThatWasNotSeenYet) {
  const auto program = programOn("delayed");
  std::vector<float> kernel = program->readWeight(2);
  kernel[0] = std::numeric_limits<float>::quiet_NaN();
  program->writeWeight(2, kernel);
  program->train(data_.batch(0, 8), 0.02F);
  EXPECT_EQ(program->step(), 1U);
  expectError(ErrorCode::NotFinite, {"step 0"}, [&] { program->readWeight(0); });
  EXPECT_EQ(program->step(), 0U);
  EXPECT_EQ(program->readWeight(2).size(), kernel.size());
}

}  // namespace

}  // namespace node_cudnn::test
