// What follows from weights alone: found, kept once, made again when weights change.
#include <gtest/gtest.h>

#include "core/plan_description.h"
#include "core/program.h"
#include "small_model.h"

namespace node_cudnn::test {

namespace {

constexpr std::int64_t kChannels = 16;

// A normalized convolution whose kernel oneDNN keeps in blocks, and a dense layer.
ModelSpec normalized(const std::string& backend) {
  SmallModel model(backend);
  const auto x = model.input("x", {6, 5, kChannels});
  const auto sum = model.conv2d("conv", x, 32);
  const auto y = model.batchNormalization("norm", sum);
  model.output(model.softmax("softmax", model.dense("dense", model.flatten("flat", y), 3)));
  return model.spec;
}

Batch rowsOf(const Data& data, std::int64_t size) { return data.batch(0, size, false); }

TEST(Constants, ArePartOfPredictionAndEvaluationAlone) {
  Program program(normalized("cpu"));
  program.configureTraining(trainingWith(momentumSgd()));
  EXPECT_GT(program.describe(Mode::Predict, 4).constants, 0U);
  EXPECT_GT(program.describe(Mode::Evaluate, 4).constantBytes, 0U);
  EXPECT_EQ(program.describe(Mode::Train, 4).constants, 0U);
  EXPECT_EQ(program.describe(Mode::Train, 4).constantBytes, 0U);
}

TEST(Constants, OfTwoBatchSizesAreKeptOnce) {
  const Data data(8, 6 * 5 * kChannels, 3);
  Program program(normalized("cpu"));
  program.initialize();
  program.predict(rowsOf(data, 8));
  const std::size_t once = program.ownBytes();
  EXPECT_GT(once, 0U);
  program.predict(rowsOf(data, 7));
  EXPECT_EQ(program.planCount(), 2U);
  EXPECT_EQ(program.ownBytes(), once);
}

TEST(Constants, FollowAWeightThatIsWritten) {
  const Data data(4, 6 * 5 * kChannels, 3);
  Program program(normalized("cpu"));
  program.initialize();
  const auto before = program.predict(rowsOf(data, 4));
  EXPECT_EQ(program.predict(rowsOf(data, 4)), before);
  std::vector<float> kernel = program.readWeight(0);
  for (float& value : kernel) value *= 2;
  program.writeWeight(0, kernel);
  const auto after = program.predict(rowsOf(data, 4));
  EXPECT_NE(after, before);
  for (float& value : kernel) value /= 2;
  program.writeWeight(0, kernel);
  EXPECT_EQ(program.predict(rowsOf(data, 4)), before);
}

TEST(Constants, OfOneProgramFollowTheTrainingOfAnother) {
  const Data data(4, 6 * 5 * kChannels, 3);
  ModelSpec spec = normalized("cpu");
  for (std::size_t i = 0; i < spec.weights.size(); ++i) {
    spec.weights[i].id = static_cast<std::int64_t>(i);
  }
  const auto store = std::make_shared<Store>("cpu");
  Program predicting(spec, store);
  Program training(spec, store);
  training.configureTraining(trainingWith(momentumSgd()));
  training.initialize();
  // The first step makes plans of prediction anew, since it chooses the layouts of the weights.
  training.train(data.batch(0, 4), 0.1F);
  const auto before = predicting.predict(rowsOf(data, 4));
  training.train(data.batch(0, 4), 0.1F);
  const auto after = predicting.predict(rowsOf(data, 4));
  EXPECT_NE(after, before);
  EXPECT_EQ(training.predict(rowsOf(data, 4)), after);
}

}  // namespace

}  // namespace node_cudnn::test
