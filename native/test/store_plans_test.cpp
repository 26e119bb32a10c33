// Layouts and runs of programs that share a store.
#include <gtest/gtest.h>

#include <cmath>

#include "deferred_backend.h"
#include "errors.h"
#include "small_model.h"

namespace node_cudnn::test {

namespace {

constexpr std::int64_t kRowElements = 8 * 6 * 16;

ModelSpec withIds(ModelSpec spec) {
  for (std::size_t i = 0; i < spec.weights.size(); ++i) {
    spec.weights[i].id = static_cast<std::int64_t>(i);
  }
  return spec;
}

// A convolution whose kernel the CPU backend keeps in a blocked layout.
ModelSpec blocked(const std::string& backend) {
  SmallModel model(backend);
  const std::int32_t x = model.conv2d("conv1", model.input("x", {8, 6, 16}), 16);
  model.output(model.softmax("softmax", model.dense("dense", model.flatten("rows", x), 3)));
  return withIds(model.spec);
}

struct Pair {
  explicit Pair(const std::string& backend)
      : store(std::make_shared<Store>(backend)),
        trainer(blocked(backend), store),
        reader(blocked(backend), store) {
    trainer.configureTraining(trainingWith(momentumSgd()));
    trainer.initialize();
  }

  std::shared_ptr<Store> store;
  Program trainer, reader;
  Data data{24, kRowElements, 3};
};

TEST(StorePlans, PredictionTakesTheLayoutsThatTrainingChose) {
  Pair pair("cpu");
  const Batch batch = pair.data.batch(0, 8, false);
  const auto first = pair.reader.predict(batch);
  pair.trainer.train(pair.data.batch(0, 8), 0.0F);
  EXPECT_EQ(pair.reader.explain(Mode::Predict, 8).find("reorder hwio"), std::string::npos);
  const auto second = pair.reader.predict(batch);
  for (std::size_t i = 0; i < first[0].size(); ++i) EXPECT_NEAR(second[0][i], first[0][i], 1e-5);
}

TEST(StorePlans, NothingIsConvertedOrAllocatedInTheSteadyState) {
  Pair pair("cpu");
  const auto turn = [&] {
    pair.trainer.train(pair.data.batch(0, 8), 0.02F);
    pair.reader.predict(pair.data.batch(0, 24, false));
    pair.reader.predict(pair.data.batch(0, 1, false));
    pair.trainer.evaluate(pair.data.batch(0, 8), 1);
  };
  turn();
  turn();
  const std::uint64_t version = pair.store->version();
  const std::size_t bytes = pair.store->bytes();
  for (int i = 0; i < 5; ++i) turn();
  EXPECT_EQ(pair.store->version(), version);
  EXPECT_EQ(pair.store->bytes(), bytes);
}

TEST(StorePlans, AFailedStepIsToldToItsOwnProgram) {
  const auto store = std::make_shared<Store>(deferredBackend());
  const ModelSpec spec = withIds(smallAlexNet(deferredBackend()));
  Program trainer(spec, store), reader(spec, store);
  trainer.configureTraining(trainingWith(momentumSgd()));
  trainer.initialize();
  constexpr std::int64_t kElements = 8 * 6 * 3;
  Data data(32, kElements, 3);
  trainer.train(data.batch(0, 8), 0.02F);
  const auto before = allWeights(trainer);
  for (std::size_t i = 8 * kElements; i < 16 * kElements; ++i) data.x[i] *= 1e38F;
  trainer.train(data.batch(8, 8), 0.02F);
  EXPECT_TRUE(std::isfinite(reader.predict(data.batch(0, 8, false))[0][0]));
  EXPECT_EQ(allWeights(reader), before);
  expectError(ErrorCode::NotFinite, {"step 1", "'lrn'"},
              [&] { trainer.train(data.batch(16, 8), 0.02F); });
  trainer.train(data.batch(16, 8), 0.02F);
  EXPECT_EQ(trainer.step(), 2U);
  EXPECT_NE(allWeights(reader), before);
}

TEST(StorePlans, AProgramMayGoWhileItsStepsRun) {
  auto store = std::make_shared<Store>(deferredBackend());
  Program reader(blocked(deferredBackend()), store);
  const Data data(8, kRowElements, 3);
  {
    Program trainer(blocked(deferredBackend()), store);
    trainer.configureTraining(trainingWith(momentumSgd()));
    trainer.initialize();
    trainer.train(data.batch(0, 8), 0.02F);
  }
  EXPECT_EQ(store->running, nullptr);
  EXPECT_TRUE(std::isfinite(reader.predict(data.batch(0, 8, false))[0][0]));
}

TEST(StorePlans, AllProgramsAreOnTheBackendOfTheStore) {
  const auto store = std::make_shared<Store>("cpu");
  expectError(ErrorCode::Option, {"'cpu'", "'reference'"},
              [&] { Program program(blocked("reference"), store); });
}

}  // namespace

}  // namespace node_cudnn::test
