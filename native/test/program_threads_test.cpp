// Programs of their own may train in several threads at once.
#include <gtest/gtest.h>

#include <thread>

#include "backend_test.h"
#include "small_model.h"

namespace node_cudnn::test {

namespace {

class ProgramThreads : public OnEveryBackend {};

std::vector<std::vector<float>> trainedWeights(const std::string& backend, std::uint64_t seed) {
  const Data data(24, 144, 3);
  Program program(smallAlexNet(backend, seed));
  program.configureTraining(trainingWith(momentumSgd()));
  program.initialize();
  for (int step = 0; step < 6; ++step) program.train(data.batch(step % 3 * 8, 8), 0.02F);
  program.evaluate(data.batch(0, 24));
  program.results(true);
  return allWeights(program);
}

TEST_P(ProgramThreads, GiveWhatOneThreadGives) {
  constexpr std::size_t kThreads = 3;
  std::vector<std::vector<std::vector<float>>> weights(kThreads);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&weights, i, backend = GetParam()] {
      for (int repeat = 0; repeat < 3; ++repeat) weights[i] = trainedWeights(backend, 1 + i);
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 0; i < kThreads; ++i) {
    EXPECT_EQ(weights[i], trainedWeights(GetParam(), 1 + i)) << "thread " << i;
  }
}

// One program may move from thread to thread.
TEST_P(ProgramThreads, AProgramMayChangeItsThread) {
  const Data data(8, 144, 3);
  const auto run = [&](bool threads) {
    Program program(smallAlexNet(GetParam()));
    program.configureTraining(trainingWith(momentumSgd()));
    program.initialize();
    for (int step = 0; step < 4; ++step) {
      const auto train = [&] { program.train(data.batch(0, 8), 0.02F); };
      if (threads) {
        std::thread(train).join();
      } else {
        train();
      }
    }
    return allWeights(program);
  };
  EXPECT_EQ(run(true), run(false));
}

INSTANTIATE_TEST_SUITE_P(Backends, ProgramThreads, testing::ValuesIn(backendNames()), backendOf);

}  // namespace

}  // namespace node_cudnn::test
