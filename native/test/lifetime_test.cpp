// Memory stays flat: over programs that come and go, over steps, over failures.
#include <gtest/gtest.h>
#include <malloc.h>

#include <functional>
#include <limits>

#include "backend_test.h"
#include "core/error.h"
#include "small_model.h"

namespace node_cudnn::test {

namespace {

// Bytes that malloc has given out. A leak checker that replaces malloc reports leaks by itself.
std::int64_t bytesInUse() {
  const struct mallinfo2 info = mallinfo2();
  return static_cast<std::int64_t>(info.uordblks + info.hblkhd);
}

// Growth over `times` runs once ten have filled every cache.
std::int64_t growth(int times, const std::function<void()>& run) {
  for (int i = 0; i < 10; ++i) run();
  const std::int64_t before = bytesInUse();
  for (int i = 0; i < times; ++i) run();
  return bytesInUse() - before;
}

// Far below one byte for each weight of a program, above the noise of caches.
constexpr std::int64_t kNoise = 16 << 10;

class Lifetime : public OnEveryBackend {
 protected:
  static std::unique_ptr<Program> trained() {
    auto program = std::make_unique<Program>(smallAlexNet(GetParam()));
    program->configureTraining(trainingWith(momentumSgd()));
    program->initialize();
    program->train(data().batch(0, 8), 0.02F);
    return program;
  }

  static const Data& data() {
    static const Data rows(8, 144, 3);
    return rows;
  }
};

TEST_P(Lifetime, ProgramsThatComeAndGo) {
  EXPECT_LT(growth(40, [] { trained()->predict(data().batch(0, 4, false)); }), kNoise);
}

TEST_P(Lifetime, Steps) {
  const auto program = trained();
  EXPECT_LT(growth(300, [&] { program->train(data().batch(0, 8), 0.001F); }), kNoise);
}

TEST_P(Lifetime, ConfiguringTrainingAgain) {
  const auto program = trained();
  const auto run = [&] {
    program->configureTraining(trainingWith(plainAdam()));
    program->train(data().batch(0, 8), 0.001F);
    program->configureTraining(trainingWith(momentumSgd()));
    program->train(data().batch(0, 8), 0.001F);
  };
  EXPECT_LT(growth(30, run), kNoise);
}

TEST_P(Lifetime, StepsThatFail) {
  const auto program = trained();
  Data bad(8, 144, 3);
  bad.x[5] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_LT(growth(100, [&] { EXPECT_THROW(program->train(bad.batch(0, 8), 0.01F), Error); }),
            kNoise);
}

TEST_P(Lifetime, ModelsThatAreRefused) {
  ModelSpec spec = smallAlexNet(GetParam());
  spec.weights[6].shape = {21, 3};
  EXPECT_LT(growth(100, [&] { EXPECT_THROW(Program{spec}, Error); }), kNoise);
}

TEST_P(Lifetime, BytesAreCounted) {
  Program program(smallAlexNet(GetParam()));
  EXPECT_EQ(program.bytes(), 0U);
  program.configureTraining(trainingWith(momentumSgd()));
  program.initialize();
  const std::size_t weights = program.bytes();
  EXPECT_GE(weights, 4U * (3 * 3 * 3 * 8 + 8));
  program.train(data().batch(0, 8), 0.01F);
  EXPECT_GT(program.bytes(), 2 * weights) << "weights, velocities and an arena";
}

INSTANTIATE_TEST_SUITE_P(Backends, Lifetime, testing::ValuesIn(backendNames()), backendOf);

}  // namespace

}  // namespace node_cudnn::test
