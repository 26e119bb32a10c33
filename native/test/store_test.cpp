// Programs over the weights of one store: what they share, and what each keeps to itself.
#include "core/store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <thread>

#include "errors.h"
#include "program_results.h"

namespace node_cudnn::test {

namespace {

constexpr std::int64_t kRowElements = 8 * 6 * 3;

// Gives the weights ids by their names, so that models which have some in common share them.
ModelSpec shared(ModelSpec spec, const std::vector<std::string>& names) {
  for (WeightSpec& weight : spec.weights) {
    const auto found = std::ranges::find(names, weight.name);
    EXPECT_NE(found, names.end()) << weight.name;
    weight.id = found - names.begin();
  }
  return spec;
}

std::vector<std::string> weightNames(const ModelSpec& spec) {
  std::vector<std::string> names;
  for (const WeightSpec& weight : spec.weights) names.push_back(weight.name);
  return names;
}

// The convolutions of smallAlexNet up to the second's ReLU.
ModelSpec featuresOf(ModelSpec spec) {
  spec.ops.resize(6);
  spec.weights.resize(4);
  spec.outputs = {6};
  return spec;
}

class StoreTest : public ProgramResultsTest {
 protected:
  std::unique_ptr<Program> programOf(const ModelSpec& spec, const TrainingSpec& training) {
    auto program = std::make_unique<Program>(spec, store);
    program->configureTraining(training);
    program->initialize();
    return program;
  }

  std::shared_ptr<Store> store = std::make_shared<Store>(GetParam());
  Data data{32, kRowElements, 3};
};

TEST_P(StoreTest, AnotherProgramOverTheSameWeightsTakesTheirValues) {
  const ModelSpec plain = smallAlexNet(GetParam(), 5);
  const ModelSpec spec = shared(plain, weightNames(plain));
  const auto trainer = programOf(spec, trainingWith(momentumSgd()));
  trainer->train(data.batch(0, 8), 0.05F);
  ModelSpec otherSeed = spec;
  otherSeed.seed = 77;
  const auto reader = programOf(otherSeed, trainingWith(plainAdam()));
  EXPECT_EQ(allWeights(*reader), allWeights(*trainer));
  trainer->train(data.batch(8, 8), 0.05F);
  EXPECT_EQ(allWeights(*reader), allWeights(*trainer));
  const Batch batch = data.batch(0, 16, false);
  EXPECT_EQ(reader->predict(batch), trainer->predict(batch));

  // As without a store.
  const auto alone = prepared(plain, trainingWith(momentumSgd()));
  alone->train(data.batch(0, 8), 0.05F);
  alone->train(data.batch(8, 8), 0.05F);
  EXPECT_EQ(allWeights(*alone), allWeights(*trainer));
}

TEST_P(StoreTest, ACutModelGivesTheFeaturesOfTheUncutNetwork) {
  const ModelSpec plain = smallAlexNet(GetParam());
  const ModelSpec whole = shared(plain, weightNames(plain));
  const auto trainer = programOf(whole, trainingWith(momentumSgd()));
  Program features(featuresOf(whole), store);
  features.initialize();
  ModelSpec uncut = whole;
  uncut.outputs = {6};
  Program expected(uncut, store);
  for (int step = 0; step < 3; ++step) {
    trainer->train(data.batch(step * 8, 8), 0.05F);
    const Batch batch = data.batch(0, 5, false);
    EXPECT_EQ(features.predict(batch), expected.predict(batch));
  }
}

// A generator and a judge, as a GAN has them: the judge is trained alone, then the generator
// through the frozen judge.
struct Adversaries {
  SmallModel judge, joined;

  explicit Adversaries(const std::string& backend) : judge(backend, 3), joined(backend, 3) {
    judge.output(judge.dense("judge", judge.input("image", {6}), 1));
    const std::int32_t image =
        joined.activation("tanh", joined.dense("generator", joined.input("noise", {4}), 6), "tanh");
    joined.output(joined.dense("judge", image, 1));
    for (WeightSpec& weight : joined.spec.weights) {
      weight.trainable = weight.name.starts_with("generator");
    }
  }
};

TEST_P(StoreTest, TwoModelsTrainedInTurnChangeTheWeightsThatTheyShare) {
  const Adversaries models(GetParam());
  const std::vector<std::string> names = weightNames(models.joined.spec);
  const TrainingSpec training = trainingWith(plainAdam(), "meanSquaredError");
  const auto joined = programOf(shared(models.joined.spec, names), training);
  const auto judge = programOf(shared(models.judge.spec, names), training);
  // The same with weights of their own, carried over by hand.
  const auto ownJoined = prepared(models.joined.spec, training);
  const auto ownJudge = prepared(models.judge.spec, training);
  const auto carry = [&](Program& from, std::size_t first, Program& to, std::size_t at) {
    for (std::size_t i = 0; i < 2; ++i) to.writeWeight(at + i, from.readWeight(first + i));
  };
  carry(*ownJoined, 2, *ownJudge, 0);
  const Floats images{1, 2, 3, 4, 5, 6, -1, 0, 1, 0, -1, 0}, noise{1, -1, 2, 0, 0, 1, 0, 3};
  const Floats isReal{1, 0}, wanted{1, 1};
  const Batch forJudge = batchOf(images, isReal, 6, 1), forBoth = batchOf(noise, wanted, 4, 1);
  const Floats frozen = joined->readWeight(2);
  for (int step = 0; step < 4; ++step) {
    judge->train(forJudge, 0.02F);
    joined->train(forBoth, 0.02F);
    ownJudge->train(forJudge, 0.02F);
    carry(*ownJudge, 0, *ownJoined, 2);
    ownJoined->train(forBoth, 0.02F);
  }
  // By hand, they are rounded on their way on the reference backend.
  for (std::size_t i = 0; i < joined->weightCount(); ++i) {
    const Floats actual = joined->readWeight(i), expected = ownJoined->readWeight(i);
    for (std::size_t j = 0; j < expected.size(); ++j) EXPECT_NEAR(actual[j], expected[j], near());
    if (i < 2) continue;
    EXPECT_EQ(judge->readWeight(i - 2), actual);
  }
  EXPECT_NE(joined->readWeight(2), frozen);
  EXPECT_NEAR(joined->results(true)[0].sum, ownJoined->results(true)[0].sum, 10 * near());
}

TEST_P(StoreTest, AnEvaluationInTheMiddleOfATrainingDisturbsNothing) {
  const ModelSpec spec = smallAlexNet(GetParam());
  const auto calm = prepared(spec, trainingWith(momentumSgd()));
  const auto disturbed = prepared(spec, trainingWith(momentumSgd()));
  std::vector<double> sums;
  for (int step = 0; step < 4; ++step) {
    for (const auto& program : {calm.get(), disturbed.get()}) {
      program->train(data.batch(step * 8, 8), 0.05F);
    }
    disturbed->evaluate(data.batch(0, 16), 1);
    disturbed->evaluate(data.batch(16, 8), 2);
    disturbed->evaluate(data.batch(16, 8), 1);
    EXPECT_EQ(disturbed->results(false, 1)[0].count, 24);
    EXPECT_EQ(disturbed->results(true, 2)[0].count, 8);
    disturbed->gradients(data.batch(0, 8));
    sums.push_back(disturbed->results(true, 1)[0].sum);
    EXPECT_EQ(disturbed->results(false, 1)[0].count, 0);
  }
  EXPECT_NE(sums.front(), sums.back());
  const auto expected = calm->results(true), actual = disturbed->results(true);
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(actual[i].sum, expected[i].sum);
    EXPECT_EQ(actual[i].count, 32);
  }
  EXPECT_EQ(allWeights(*disturbed), allWeights(*calm));
}

TEST_P(StoreTest, WhatOneProgramBreaksTheOtherNames) {
  const ModelSpec plain = smallAlexNet(GetParam());
  const ModelSpec spec = shared(plain, weightNames(plain));
  const auto writer = programOf(spec, trainingWith(momentumSgd()));
  const auto trainer = programOf(spec, trainingWith(momentumSgd()));
  trainer->train(data.batch(0, 8), 0.05F);
  Floats bias = writer->readWeight(1);
  const Floats before = bias;
  bias[0] = std::nanf("");
  writer->writeWeight(1, bias);
  expectError(ErrorCode::NotFinite, {"step 1", "'conv1/bias'"},
              [&] { trainer->train(data.batch(0, 8), 0.05F); });
  writer->writeWeight(1, before);
  trainer->train(data.batch(0, 8), 0.05F);
  EXPECT_EQ(trainer->step(), 2U);
}

TEST_P(StoreTest, AWeightHasOneShape) {
  const ModelSpec plain = smallDense(GetParam());
  const ModelSpec spec = shared(plain, weightNames(plain));
  Program program(spec, store);
  SmallModel wider(GetParam());
  wider.output(wider.dense("dense1", wider.input("x", {5}), 9));
  expectError(ErrorCode::Shape, {"dense1/kernel", "[4,9]", "[5,9]"},
              [&] { Program second(shared(wider.spec, weightNames(plain)), store); });
}

TEST_P(StoreTest, OneModelHasAWeightOnce) {
  ModelSpec spec = smallDense(GetParam());
  for (WeightSpec& weight : spec.weights) weight.id = 4;
  expectError(ErrorCode::Option, {"dense1/bias", "id 4"}, [&] { Program program(spec, store); });
}

TEST_P(StoreTest, TheActivationsOfAllProgramsTakeTheSameMemory) {
  const ModelSpec plain = smallAlexNet(GetParam());
  const ModelSpec spec = shared(plain, weightNames(plain));
  const auto first = programOf(spec, trainingWith(momentumSgd()));
  first->train(data.batch(0, 32), 0.05F);
  const std::size_t bytes = store->bytes();
  const auto second = programOf(spec, trainingWith(momentumSgd()));
  second->train(data.batch(0, 32), 0.05F);
  EXPECT_EQ(store->bytes(), bytes);
}

TEST_P(StoreTest, AReleasedWeightGoesWithTheLastProgramThatUsesIt) {
  const ModelSpec plain = smallDense(GetParam());
  const ModelSpec spec = shared(plain, weightNames(plain));
  const std::vector<std::int64_t> ids{0, 1, 2, 3};
  auto program = programOf(spec, trainingWith(momentumSgd()));
  const std::vector<Floats> weights = allWeights(*program);
  const std::size_t bytes = store->bytes();
  EXPECT_GT(bytes, 0U);
  EXPECT_EQ(store->release(ids).size(), 4U);
  EXPECT_FALSE(store->has(0));
  EXPECT_TRUE(store->release(ids).empty());
  EXPECT_EQ(allWeights(*program), weights);
  EXPECT_EQ(store->bytes(), bytes);
  program.reset();
  EXPECT_EQ(store->bytes(), 0U);
}

TEST_P(StoreTest, TheMemoryForActivationsGoesWithTheLastProgram) {
  const ModelSpec plain = smallAlexNet(GetParam());
  const ModelSpec spec = shared(plain, weightNames(plain));
  auto first = programOf(spec, trainingWith(momentumSgd()));
  auto second = programOf(spec, trainingWith(momentumSgd()));
  first->train(data.batch(0, 32), 0.05F);
  const std::vector<Floats> weights = allWeights(*second);
  first.reset();
  EXPECT_NE(store->arena(), nullptr);
  second.reset();
  EXPECT_EQ(store->arena(), nullptr);
  const auto third = programOf(spec, trainingWith(momentumSgd()));
  EXPECT_EQ(allWeights(*third), weights);
  third->train(data.batch(0, 32), 0.05F);
}

TEST_P(StoreTest, TellsEveryProgramOfValuesThatAreWrittenIntoIt) {
  const ModelSpec plain = smallAlexNet(GetParam());
  const ModelSpec spec = shared(plain, weightNames(plain));
  const auto trainer = programOf(spec, trainingWith(momentumSgd()));
  trainer->train(data.batch(0, 8), 0.05F);
  store->settle();
  EXPECT_EQ(store->running, nullptr);
  const SlotPtr bias = store->find(1);
  Floats values = store->read(*bias);
  const Floats before = values;
  values[0] = std::nanf("");
  store->write(*bias, values);
  expectError(ErrorCode::NotFinite, {"step 1", "'conv1/bias'"},
              [&] { trainer->train(data.batch(0, 8), 0.05F); });
  store->write(*bias, before);
  trainer->train(data.batch(0, 8), 0.05F);
  EXPECT_EQ(trainer->step(), 2U);
  EXPECT_EQ(store->find(99), nullptr);
}

TEST_P(StoreTest, RefusesAProgramOfOtherOptions) {
  ModelSpec spec = smallDense(GetParam());
  spec.backendOptions.set("precision", std::string("float32"));
  expectError(ErrorCode::Option, {"store", GetParam(), "other backendOptions"},
              [&] { Program program(spec, store); });
}

// As JavaScript's thread does, beside the one that trains.
TEST_P(StoreTest, ProgramsAreMadeAndWeightsReleasedBesideATraining) {
  const ModelSpec plain = smallAlexNet(GetParam());
  const ModelSpec spec = shared(plain, weightNames(plain));
  const auto trainer = programOf(spec, trainingWith(momentumSgd()));
  std::vector<std::unique_ptr<Program>> made;
  std::thread other([&] {
    ModelSpec next = spec;
    for (int i = 0; i < 20; ++i) {
      made.push_back(std::make_unique<Program>(spec, store));
      for (WeightSpec& weight : next.weights) weight.id += 100;
      made.push_back(std::make_unique<Program>(next, store));
      const std::vector<std::int64_t> ids{next.weights[0].id};
      store->release(ids);
    }
  });
  for (int step = 0; step < 20; ++step) {
    trainer->train(data.batch(0, 8), 0.05F);
    EXPECT_GT(store->bytes(), 0U);
  }
  other.join();
  EXPECT_EQ(made.size(), 40U);
  EXPECT_EQ(allWeights(*made[0]), allWeights(*trainer));
}

INSTANTIATE_TEST_SUITE_P(Backends, StoreTest, testing::ValuesIn(backendNames()), backendOf);

}  // namespace

}  // namespace node_cudnn::test
