// Every backend against the reference: each op of the table, forward and backward.
#include <gtest/gtest.h>

#include <tuple>

#include "closeness.h"
#include "op_case.h"
#include "tolerances.h"

namespace node_cudnn::test {

namespace {

std::vector<std::string> comparedBackends() {
  std::vector<std::string> names = backendNames();
  std::erase(names, "reference");
  return names;
}

class Conformance : public testing::TestWithParam<std::tuple<std::string, OpCase>> {
 protected:
  static void feed(GraphRunner& runner, const OpCase& op, const CaseGraph& built) {
    const std::vector<Values> values = built.values(op);
    for (std::size_t i = 0; i < built.inputs.size(); ++i) {
      if (built.inputs[i] != kNoTensor) runner.set(built.inputs[i], values[i]);
    }
    runner.set(built.outputGradient, values.back());
  }

  // Compares the tensors on the parameter's backend and on the reference. Those that are not
  // among `results` may be written over within the run.
  static void compare(const std::vector<TensorId>& results) {
    const auto& [backend, op] = GetParam();
    CaseGraph built(op);
    built.graph.results = results;
    GraphRunner actual(backend, built.graph);
    GraphRunner expected("reference", built.graph);
    feed(actual, op, built);
    feed(expected, op, built);
    const StepState state{.seed = 11, .step = 4, .learningRate = 0, .firstRow = op.firstRow};
    actual.run(state);
    expected.run(state);
    for (const TensorId tensor : results) {
      EXPECT_TRUE(isClose(built.graph.tensor(tensor).name, actual.get(tensor), expected.get(tensor),
                          toleranceOf(op.op)))
          << actual.commands();
    }
  }
};

TEST_P(Conformance, EveryTensorAgrees) {
  compare(comparableTensors(CaseGraph(std::get<1>(GetParam()))));
}

TEST_P(Conformance, ResultsAgreeWhenTheRestMayBeOverwritten) {
  const CaseGraph built(std::get<1>(GetParam()));
  std::vector<TensorId> results;
  for (const TensorId gradient : built.gradients) {
    if (gradient != kNoTensor) results.push_back(gradient);
  }
  compare(results);
  compare({built.output});
}

std::string nameOf(const testing::TestParamInfo<std::tuple<std::string, OpCase>>& info) {
  const OpCase& op = std::get<1>(info.param);
  return std::get<0>(info.param) + "_" + op.op + "_" + op.name;
}

INSTANTIATE_TEST_SUITE_P(Ops, Conformance,
                         testing::Combine(testing::ValuesIn(comparedBackends()),
                                          testing::ValuesIn(opCases())),
                         nameOf);

}  // namespace

}  // namespace node_cudnn::test
