// A program on a backend that works behind the host: it says late what went wrong, and says it
// right; and a batch that is too large is told which would fit.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "core/error.h"
#include "deferred_backend.h"
#include "errors.h"
#include "small_model.h"

namespace node_cudnn::test {

namespace {

constexpr std::int64_t kRowElements = 8 * 6 * 3;

struct Trained {
  std::vector<std::vector<float>> weights;
  std::vector<Result> results;
};

Trained trained(const std::string& backend) {
  const Data data(24, kRowElements, 3);
  Program program(smallAlexNet(backend));
  program.configureTraining(trainingWith(momentumSgd()));
  program.initialize();
  for (int step = 0; step < 7; ++step) {
    program.train(data.batch(step % 3 * 8, 8), 0.02F);
    program.results(false);
  }
  return {allWeights(program), program.results(true)};
}

TEST(DeferredProgram, TrainsAsOneThatIsObservedAtOnce) {
  const Trained expected = trained("cpu");
  const Trained deferred = trained(deferredBackend());
  EXPECT_EQ(deferred.weights, expected.weights);
  ASSERT_EQ(deferred.results.size(), expected.results.size());
  EXPECT_EQ(deferred.results[0].sum, expected.results[0].sum);
  EXPECT_EQ(deferred.results[0].count, 56);
}

TEST(DeferredProgram, ResultsInBetweenAreOfRunsThatHaveEnded) {
  const Data data(8, kRowElements, 3);
  Program program(smallAlexNet(deferredBackend()));
  program.configureTraining(trainingWith(momentumSgd()));
  program.initialize();
  for (int step = 0; step < 5; ++step) program.train(data.batch(0, 8), 0.02F);
  EXPECT_EQ(program.results(false)[0].count, 24);
  EXPECT_EQ(program.results(true)[0].count, 40);
}

class DeferredFailure : public testing::Test {
 protected:
  DeferredFailure() : data_(32, kRowElements, 3), program_(smallAlexNet(deferredBackend())) {
    program_.configureTraining(trainingWith(momentumSgd()));
    program_.initialize();
    program_.train(data_.batch(0, 8), 0.02F);
    before_ = allWeights(program_);
    // The second batch overflows within the network; what the loss makes of it is finite, the
    // gradients are not.
    for (std::size_t i = 8 * kRowElements; i < 16 * kRowElements; ++i) data_.x[i] *= 1e38F;
  }

  void expectStepOne(const std::function<void()>& action) {
    expectError(ErrorCode::NotFinite, {"step 1", "'lrn'"}, action);
    EXPECT_EQ(program_.step(), 1U);
    EXPECT_EQ(allWeights(program_), before_);
    program_.train(data_.batch(16, 8), 0.02F);
    EXPECT_TRUE(std::isfinite(program_.results(true)[0].sum));
    EXPECT_EQ(program_.step(), 2U);
  }

  Data data_;
  Program program_;
  std::vector<std::vector<float>> before_;
};

TEST_F(DeferredFailure, IsToldByALaterStepAndNamesItsOwn) {
  program_.train(data_.batch(8, 8), 0.02F);
  program_.train(data_.batch(16, 8), 0.02F);
  expectStepOne([&] { program_.train(data_.batch(24, 8), 0.02F); });
}

TEST_F(DeferredFailure, IsToldWithTheResults) {
  program_.train(data_.batch(8, 8), 0.02F);
  expectStepOne([&] { program_.results(true); });
}

TEST_F(DeferredFailure, IsToldBeforeWeightsAreRead) {
  program_.train(data_.batch(8, 8), 0.02F);
  expectStepOne([&] { program_.readWeight(0); });
}

TEST_F(DeferredFailure, IsToldBeforeAnotherPlanRuns) {
  program_.train(data_.batch(8, 8), 0.02F);
  expectStepOne([&] { program_.evaluate(data_.batch(0, 8)); });
}

TEST_F(DeferredFailure, IsToldAtOnceWhileTheOptimizersStateIsNotFinite) {
  std::vector<float> velocity = program_.readOptimizerState(0);
  velocity[0] = std::nanf("");
  program_.writeOptimizerState(0, velocity);
  expectError(ErrorCode::NotFinite, {"step 1", "'lrn'"},
              [&] { program_.train(data_.batch(8, 8), 0.02F); });
}

// Making a plan may drop all others.
TEST(DeferredProgram, RunsAreSettledBeforeAPlanIsMade) {
  const Data data(8, kRowElements, 3);
  Program program(smallAlexNet(deferredBackend()));
  program.configureTraining(trainingWith(momentumSgd()));
  program.initialize();
  program.evaluate(data.batch(0, 8));
  EXPECT_NE(program.explain(Mode::Train, 4), "");
  EXPECT_EQ(program.results(true)[0].count, 8);
}

// The number behind "a batch size of ".
std::int64_t sizeThatWouldFit(const std::string& message) {
  const std::string words = "a batch size of ";
  const std::size_t at = message.find(words);
  return at == std::string::npos ? 0 : std::stoll(message.substr(at + words.size()));
}

class DeferredMemory : public testing::Test {
 protected:
  static constexpr std::int64_t kTooLarge = 192;

  DeferredMemory() : data_(kTooLarge, kRowElements, 3), program_(smallAlexNet(deferredBackend())) {
    program_.configureTraining(trainingWith(momentumSgd()));
    program_.initialize();
  }
  ~DeferredMemory() override { limitDeferredMemory(); }

  std::string trainingError() {
    try {
      program_.train(data_.batch(0, kTooLarge), 0.02F);
    } catch (const OutOfMemory& error) {
      return error.what();
    }
    return "";
  }

  Data data_;
  Program program_;
};

TEST_F(DeferredMemory, ABatchThatDoesNotFitIsToldWhichDoes) {
  limitDeferredMemory(std::size_t{768} << 10);
  const std::string message = trainingError();
  const std::int64_t size = sizeThatWouldFit(message);
  ASSERT_GT(size, 1) << message;
  ASSERT_LT(size, kTooLarge);
  program_.train(data_.batch(0, size), 0.02F);
  EXPECT_EQ(program_.results(true)[0].count, static_cast<double>(size));
  // No more than a quarter of the room is left unused.
  EXPECT_THROW(program_.train(data_.batch(0, size * 4 / 3 + 1), 0.02F), OutOfMemory);
}

TEST_F(DeferredMemory, SaysWhenNoBatchFits) {
  limitDeferredMemory(std::size_t{64} << 10);
  EXPECT_NE(trainingError().find("not even a batch of 1"), std::string::npos);
}

}  // namespace

}  // namespace node_cudnn::test
