// A program keeps the plans that it used last.
#include "core/plan_table.h"

#include <gtest/gtest.h>

#include "backend_test.h"
#include "small_model.h"

namespace node_cudnn::test {

namespace {

class ProgramPlans : public OnEveryBackend {
 protected:
  static std::unique_ptr<Program> prepared() {
    auto program = std::make_unique<Program>(smallDense(GetParam()));
    program->configureTraining(trainingWith(momentumSgd()));
    program->initialize();
    return program;
  }
};

const Data& rows() {
  static const Data data(64, 4, 3);
  return data;
}

TEST_P(ProgramPlans, AreBoundedInNumber) {
  const auto program = prepared();
  const auto first = program->predict(rows().batch(0, 1, false));
  for (std::int64_t size = 1; size <= 64; ++size) {
    program->predict(rows().batch(0, size, false));
    program->train(rows().batch(0, size), 0);
    EXPECT_LE(program->planCount(), PlanTable::kMost);
  }
  EXPECT_EQ(program->planCount(), PlanTable::kMost);
  EXPECT_EQ(program->predict(rows().batch(0, 1, false)), first);
}

// Each loop below is what an epoch with validation and prediction does, with smaller last batches.
TEST_P(ProgramPlans, OfASteadyStateStay) {
  const auto program = prepared();
  std::vector<float> ones(64, 1);
  const auto epoch = [&] {
    for (const std::int64_t size : {16, 7, 32, 5}) {
      program->predict(rows().batch(0, size, false));
      for (const bool weighted : {false, true}) {
        Batch batch = rows().batch(0, size);
        HostRows weights;
        weights.data = ones.data();
        weights.rows = 64;
        weights.rowElements = 1;
        if (weighted) batch.sampleWeights = {weights};
        program->train(batch, 0.01F);
        program->evaluate(batch);
      }
    }
  };
  epoch();
  epoch();  // the first training plan replaces those before it
  const std::size_t plans = program->planCount();
  EXPECT_EQ(plans, 20U);
  epoch();
  EXPECT_EQ(program->planCount(), plans);
}

std::unique_ptr<Plan> somePlan(Backend& backend) {
  return std::make_unique<Plan>(
      backend, buildModelGraph(smallDense("reference"), {}, Mode::Predict, 1, false),
      std::span<const LayoutPtr>{});
}

TEST(PlanTable, TheOneUsedLeastRecentlyGoes) {
  const std::unique_ptr<Backend> backend = makeBackend("reference");
  PlanTable table;
  const auto key = [](std::size_t size) {
    return PlanTable::Key{Mode::Predict, static_cast<std::int64_t>(size), false, true};
  };
  for (std::size_t size = 1; size <= PlanTable::kMost; ++size) {
    table.add(key(size), somePlan(*backend));
  }
  const auto has = [&](std::size_t size) { return table.find(key(size)) != nullptr; };
  table.find(key(1));
  table.add(key(100), somePlan(*backend));
  EXPECT_TRUE(has(1));
  EXPECT_FALSE(has(2));
  EXPECT_TRUE(has(3));
}

INSTANTIATE_TEST_SUITE_P(Backends, ProgramPlans, testing::ValuesIn(backendNames()), backendOf);

}  // namespace

}  // namespace node_cudnn::test
