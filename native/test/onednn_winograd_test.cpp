// A 3x3 convolution large enough for Winograd's F(4x4,3x3): as near to the reference as its
// transforms allow.
#include <gtest/gtest.h>

#include <algorithm>

#include "closeness.h"
#include "graph_runner.h"
#include "numbers.h"
#include "op_case.h"
#include "tolerances.h"

namespace node_cudnn::test {

namespace {

// Without ReLU: a sum next to 0 may have either sign, and its gradient comes or goes with that.
OpCase largeConvolution() {
  return {"Winograd",
          "winograd",
          {{"x", {16, 13, 12, 128}},
           {"kernel", {3, 3, 128, 128}, Role::Weight},
           {"bias", {128}, Role::Weight}},
          single("conv2d", {{"strides", list({1, 1})},
                            {"padding", list({1, 1, 1, 1})},
                            {"dilations", list({1, 1})},
                            {"groups", 1.0}})};
}

TEST(Winograd, LargeConvolutionsAgreeWithTheReference) {
  const OpCase op = largeConvolution();
  CaseGraph built(op);
  const std::vector<TensorId> compared = comparableTensors(built);
  built.graph.results = compared;
  GraphRunner actual("cpu", built.graph);
  GraphRunner expected("reference", built.graph);
  const std::vector<Values> values = built.values(op);
  for (GraphRunner* runner : {&actual, &expected}) {
    for (std::size_t i = 0; i < built.inputs.size(); ++i) runner->set(built.inputs[i], values[i]);
    runner->set(built.outputGradient, values.back());
    runner->run();
  }
  for (const TensorId tensor : compared) {
    EXPECT_TRUE(isClose(built.graph.tensor(tensor).name, actual.get(tensor), expected.get(tensor),
                        toleranceOf("winograd")));
  }
  for (const Command& command : actual.schedule().commands) {
    RecordProperty(command.name, command.detail);  // whether this processor's kernels have Winograd
  }
}

}  // namespace

}  // namespace node_cudnn::test
