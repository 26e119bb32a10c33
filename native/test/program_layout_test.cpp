// Which layout a weight is kept in: the one that the plans which use it chose.
#include <gtest/gtest.h>

#include "closeness.h"
#include "small_model.h"
#include "tolerances.h"

namespace node_cudnn::test {

namespace {

// Two convolutions over one image; only the first one's output has a loss.
ModelSpec twoHeads(const std::string& backend) {
  SmallModel model(backend);
  const std::int32_t x = model.input("x", {8, 6, 16});
  const std::int32_t trained = model.conv2d("trained", x, 16);
  model.output(model.softmax("classes", model.dense("logits", model.flatten("rows", trained), 3)));
  model.output(model.conv2d("apart", x, 32));
  return model.spec;
}

std::vector<float> predictedApart(const std::string& backend, std::string* plan) {
  Program program(twoHeads(backend));
  TrainingSpec training = trainingWith(momentumSgd());
  training.metrics.clear();
  training.losses.push_back({});
  program.configureTraining(training);
  program.initialize();
  const Data data(8, 8 * 6 * 16, 3);
  program.train(data.batch(0, 8), 0.02F);
  const Batch batch = data.batch(0, 8, false);
  std::vector<float> values = program.predict(batch).at(1);
  *plan = program.explain(Mode::Predict, 8);
  return values;
}

TEST(ProgramLayout, AWeightThatNoLossReachesIsKeptAsItsOwnPlansWantIt) {
  std::string plan;
  const std::vector<float> actual = predictedApart("cpu", &plan);
  const std::vector<float> expected = predictedApart("reference", &plan);
  EXPECT_TRUE(isClose("apart", Values(actual.begin(), actual.end()),
                      Values(expected.begin(), expected.end()), toleranceOf("winograd")));
  predictedApart("cpu", &plan);
  EXPECT_EQ(plan.find("apart: reorder hwio"), std::string::npos) << plan;
  EXPECT_NE(plan.find("apart"), std::string::npos);
}

}  // namespace

}  // namespace node_cudnn::test
