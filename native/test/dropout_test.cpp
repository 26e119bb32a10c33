// The mask belongs to the element's place in the global batch: the same on every backend, in the
// forward and the backward pass, and for every split of the batch.
#include <gtest/gtest.h>

#include "backend_test.h"
#include "core/philox.h"
#include "graph_runner.h"

namespace node_cudnn::test {

namespace {

constexpr double kRate = 0.3;

struct Masks {
  Values forward, backward;
};

// What remains of ones, as 0 and 1.
Masks masksOf(const std::string& backend, std::int64_t rows, const StepState& state,
              double stream = 6) {
  Graph graph;
  const Attributes attributes{{"rate", kRate}, {"stream", stream}};
  const TensorId x = graph.addTensor({"x", {rows, 3, 7}, ElementType::Float, Role::Input});
  const TensorId y = graph.add("dropout", "dropout", {x}, attributes).outputs[0];
  const TensorId dx =
      graph.add("dropoutBackward", "backward", {x}, attributes, Phase::Backward).outputs[0];
  graph.results = {y, dx};
  GraphRunner runner(backend, graph);
  runner.set(x, Values(static_cast<std::size_t>(rows * 21), 1));
  runner.run(state);
  Masks masks{runner.get(y), runner.get(dx)};
  for (Values* mask : {&masks.forward, &masks.backward}) {
    for (double& value : *mask) value = value != 0 ? 1 : 0;
  }
  return masks;
}

class Dropout : public OnEveryBackend {};

TEST_P(Dropout, TheMaskIsThatOfPhilox) {
  const StepState state{.seed = 0x123456789abcdefULL, .step = 12, .learningRate = 0, .firstRow = 0};
  const Masks masks = masksOf(GetParam(), 5, state);
  for (std::size_t i = 0; i < masks.forward.size(); ++i) {
    const bool keep = uniform(philox(state.seed, 6, 12, i / 4)[i % 4]) >= kRate;
    ASSERT_EQ(masks.forward[i], keep ? 1 : 0) << i;
  }
  EXPECT_EQ(masks.backward, masks.forward);
}

TEST_P(Dropout, ASplitBatchHasTheSameMask) {
  StepState state{.seed = 5, .step = 3, .learningRate = 0, .firstRow = 0};
  const Masks whole = masksOf(GetParam(), 8, state);
  Values joined;
  for (const std::int64_t rows : {3, 1, 4}) {
    const Masks part = masksOf(GetParam(), rows, state);
    EXPECT_EQ(part.backward, part.forward);
    joined.insert(joined.end(), part.forward.begin(), part.forward.end());
    state.firstRow += static_cast<std::uint64_t>(rows);
  }
  EXPECT_EQ(joined, whole.forward);
}

TEST_P(Dropout, SeedStepAndStreamEachChangeTheMask) {
  const StepState state{.seed = 5, .step = 3, .learningRate = 0, .firstRow = 0};
  const Values mask = masksOf(GetParam(), 4, state).forward;
  StepState other = state;
  other.seed = 6;
  EXPECT_NE(masksOf(GetParam(), 4, other).forward, mask);
  other = state;
  other.step = 4;
  EXPECT_NE(masksOf(GetParam(), 4, other).forward, mask);
  EXPECT_NE(masksOf(GetParam(), 4, state, 7).forward, mask);
  EXPECT_EQ(masksOf(GetParam(), 4, state).forward, mask);
}

TEST_P(Dropout, RowsBeyondTheLimitsOf32BitsHaveTheirOwnMask) {
  const StepState near{.seed = 5, .step = 3, .learningRate = 0, .firstRow = 0};
  const StepState far{.seed = 5, .step = 3, .learningRate = 0, .firstRow = std::uint64_t{1} << 34};
  EXPECT_NE(masksOf(GetParam(), 4, far).forward, masksOf(GetParam(), 4, near).forward);
  EXPECT_EQ(masksOf(GetParam(), 4, far).forward, masksOf("reference", 4, far).forward);
}

INSTANTIATE_TEST_SUITE_P(Backends, Dropout, testing::ValuesIn(backendNames()), backendOf);

}  // namespace

}  // namespace node_cudnn::test
