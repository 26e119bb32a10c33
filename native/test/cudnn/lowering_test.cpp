// What a lowering keeps of each tensor: its buffer, its layout and its casts.
#include "cudnn/lowering.h"

#include <gtest/gtest.h>

#include <memory>

#include "core/op.h"
#include "errors.h"
#include "numbers.h"
#include "planned_graph.h"

namespace node_cudnn::test {

namespace {

using cudnn::CudaLayout;
using cudnn::DataType;
using cudnn::Lowering;
using Buffers = std::vector<BufferId>;

TEST(CudaLayout, TellsItsBytesAndItsOrder) {
  const CudaLayout image = CudaLayout::plain({2, 3, 5, 7}, DataType::BFloat16);
  EXPECT_EQ(image.bytes(), 2U * 3 * 5 * 7 * 2);
  EXPECT_EQ(image.text(), "nhwc bf16");
  EXPECT_EQ(CudaLayout::plain({6}, DataType::Double).bytes(), 48U);
  EXPECT_EQ(CudaLayout::plain({6}, DataType::Double).text(), "f64");
  EXPECT_EQ(CudaLayout::krsc({3, 3, 4, 8}, DataType::Float32).text(), "krsc f32");
  EXPECT_EQ(CudaLayout::raw(12, "workspace").bytes(), 12U);
  EXPECT_EQ(CudaLayout::raw(12, "workspace").text(), "workspace");
}

TEST(CudaLayout, ComparesOrderTypeAndValues) {
  const CudaLayout plain = CudaLayout::plain({2, 12}, DataType::Float32);
  EXPECT_TRUE(plain.equals(CudaLayout::plain({2, 3, 4}, DataType::Float32)));
  EXPECT_FALSE(plain.equals(CudaLayout::plain({2, 11}, DataType::Float32)));
  EXPECT_FALSE(plain.equals(plain.withType(DataType::BFloat16)));
  const CudaLayout kernel = CudaLayout::krsc({1, 2, 3, 4}, DataType::Float32);
  EXPECT_FALSE(plain.equals(kernel));
  EXPECT_FALSE(kernel.equals(CudaLayout::krsc({2, 1, 3, 4}, DataType::Float32)));
  EXPECT_TRUE(CudaLayout::raw(12, "a").equals(CudaLayout::raw(12, "a")));
  EXPECT_FALSE(CudaLayout::raw(12, "a").equals(CudaLayout::raw(12, "b")));
}

// Tensors of a small graph whose ops are not lowered.
class LoweringTest : public testing::Test {
 protected:
  TensorId add(const std::string& name, const Shape& shape, Role role,
               ElementType type = ElementType::Float) {
    const TensorId id = graph.addTensor({name, shape, type, role});
    const bool kept = role == Role::Weight || role == Role::Accumulator;
    if (kept) graph.tensor(id).slot = slots++;
    return id;
  }
  Lowering begin(PlanningDevice& device) {
    return {graph, layouts, device.planner, device.execution};
  }

  Graph graph;
  std::vector<LayoutPtr> layouts;
  std::int32_t slots = 0;
  PlanningDevice tf32{"h100", "tf32"};
  PlanningDevice bf16{"h100", "bf16"};
};

TEST_F(LoweringTest, FeedsInTheTypesThatOpsCompute) {
  const TensorId x = add("x", {2, 3}, Role::Input);
  const TensorId labels = add("labels", {2}, Role::Target, ElementType::Integer);
  const TensorId dense = add("dense", {2, 3}, Role::Target);
  const TensorId weights = add("weights", {2}, Role::SampleWeight);
  Lowering lowering = begin(bf16);
  EXPECT_EQ(lowering.typeOf(labels), DataType::Int32);
  EXPECT_EQ(lowering.typeOf(x), DataType::BFloat16);
  EXPECT_EQ(lowering.typeOf(dense), DataType::Float32);
  EXPECT_EQ(lowering.typeOf(weights), DataType::Float32);
  const Schedule schedule = lowering.finish();
  EXPECT_EQ(schedule.fed, (Buffers{bufferOf(schedule, labels), bufferOf(schedule, x),
                                   bufferOf(schedule, dense), bufferOf(schedule, weights)}));
  ASSERT_EQ(schedule.commands.size(), 4U);
  EXPECT_EQ(schedule.commands[1].writes, (Buffers{bufferOf(schedule, x)}));
}

TEST_F(LoweringTest, FeedsNoMoreThanTheStepParametersHold) {
  std::vector<TensorId> inputs;
  for (int i = 0; i <= cudnn::kMaxFeeds; ++i) {
    inputs.push_back(add("x" + std::to_string(i), {1}, Role::Input));
  }
  Lowering lowering = begin(tf32);
  for (int i = 0; i < cudnn::kMaxFeeds; ++i) lowering.own(inputs[i]);
  expectError(ErrorCode::Unsupported, {"more than 16"}, [&] { lowering.own(inputs.back()); });
}

TEST_F(LoweringTest, CastsATensorOnceToEachType) {
  const TensorId weight = add("weight", {5}, Role::Weight);
  Lowering lowering = begin(bf16);
  const BufferId own = lowering.own(weight);
  EXPECT_EQ(lowering.as(weight, DataType::Float32), own);
  const BufferId cast = lowering.as(weight, DataType::BFloat16);
  EXPECT_NE(cast, own);
  EXPECT_EQ(lowering.as(weight, DataType::BFloat16), cast);
  lowering.updated(weight);
  const BufferId fresh = lowering.as(weight, DataType::BFloat16);
  EXPECT_NE(fresh, cast);
  const Schedule schedule = lowering.finish();
  ASSERT_EQ(schedule.commands.size(), 2U);
  EXPECT_EQ(schedule.commands[0].reads, (Buffers{own}));
  EXPECT_EQ(schedule.commands[0].writes, (Buffers{cast}));
  EXPECT_EQ(schedule.commands[0].work, Work::Reorder);
  EXPECT_EQ(schedule.commands[1].writes, (Buffers{fresh}));
  EXPECT_EQ(schedule.buffers[static_cast<std::size_t>(own)].slot, 0);
  EXPECT_EQ(schedule.buffers[static_cast<std::size_t>(cast)].slot, -1);
}

TEST_F(LoweringTest, CastsOnlyBetweenFloats) {
  const TensorId labels = add("labels", {2}, Role::Target, ElementType::Integer);
  Lowering lowering = begin(tf32);
  expectError(ErrorCode::Internal, {"labels", "i32", "f32"},
              [&] { lowering.as(labels, DataType::Float32); });
}

TEST_F(LoweringTest, LetsASlotBeAdoptedOnce) {
  const TensorId kernel = add("kernel", {3, 3, 2, 4}, Role::Weight);
  const CudaLayout krsc = CudaLayout::krsc({3, 3, 2, 4}, DataType::Float32);
  Lowering lowering = begin(tf32);
  const BufferId buffer = lowering.adopt(kernel, krsc);
  EXPECT_EQ(lowering.adopt(kernel, krsc), buffer);
  EXPECT_EQ(lowering.own(kernel), buffer);
  expectError(ErrorCode::Internal, {"kernel", "krsc f32", "nhwc f32"}, [&] {
    lowering.adopt(kernel, CudaLayout::plain({3, 3, 2, 4}, DataType::Float32));
  });
}

TEST_F(LoweringTest, KeepsTheLayoutThatASlotHas) {
  const TensorId kernel = add("kernel", {3, 3, 2, 4}, Role::Weight);
  const CudaLayout krsc = CudaLayout::krsc({3, 3, 2, 4}, DataType::Float32);
  layouts = {std::make_shared<CudaLayout>(krsc)};
  EXPECT_EQ(begin(tf32).layoutOf(kernel).text(), "krsc f32");
  EXPECT_NO_THROW(begin(tf32).adopt(kernel, krsc));
  layouts = {std::make_shared<CudaLayout>(CudaLayout::plain({72}, DataType::Float32))};
  expectError(ErrorCode::Internal, {"kernel", "krsc f32"},
              [&] { begin(tf32).adopt(kernel, krsc); });
}

TEST_F(LoweringTest, KeepsAccumulatorsInDouble) {
  const TensorId sum = add("sum", {2}, Role::Accumulator, ElementType::Double);
  Lowering lowering = begin(bf16);
  EXPECT_EQ(lowering.typeOf(sum), DataType::Double);
  EXPECT_EQ(lowering.layoutOf(sum).bytes(), 16U);
}

TEST_F(LoweringTest, CastsEveryKernelAtTheStart) {
  const TensorId x = add("x", {2, 4, 4, 8}, Role::Input);
  const TensorId convolution = add("convolution", {1, 1, 8, 8}, Role::Weight);
  const TensorId dense = add("dense", {8, 8}, Role::Weight);
  const Attributes attributes{{"strides", list({1, 1})}};
  const TensorId y = graph.add("conv2d", "conv", {x, convolution}, attributes).outputs[0];
  const TensorId z = graph.add("dense", "dense", {y, dense}).outputs[0];
  graph.add("denseBackwardInput", "back", {z, dense}, {}, Phase::Backward);
  Lowering lowering = begin(bf16);
  EXPECT_TRUE(lowering.training());
  const BufferId copy = lowering.as(convolution, DataType::BFloat16);
  lowering.own(x);
  const Schedule schedule = lowering.finish();
  ASSERT_EQ(schedule.commands.size(), 2U);
  EXPECT_EQ(schedule.commands[0].writes, (Buffers{bufferOf(schedule, x)}));
  const Command& cast = schedule.commands[1];
  EXPECT_EQ(cast.reads, (Buffers{bufferOf(schedule, convolution), bufferOf(schedule, dense)}));
  ASSERT_EQ(cast.writes.size(), 2U);
  EXPECT_EQ(cast.writes[0], copy);
  EXPECT_EQ(layoutOf(schedule, cast.writes[0]).text(), "krsc bf16");
  EXPECT_EQ(layoutOf(schedule, cast.writes[1]).text(), "bf16");
}

TEST_F(LoweringTest, KnowsNoOpThatNoFileLowers) {
  const OpDefinition definition{.type = "unheard of"};
  Op op;
  op.definition = &definition;
  op.name = "it";
  Lowering lowering = begin(tf32);
  expectError(ErrorCode::Unsupported, {"unheard of 'it'", "cuda"}, [&] { lowering.lower(op); });
}

TEST_F(LoweringTest, ReadsNothingThatIsNotMade) {
  const TensorId lost = add("lost", {2}, Role::Activation);
  Lowering lowering = begin(tf32);
  expectError(ErrorCode::Internal, {"'lost'"}, [&] { lowering.own(lost); });
}

}  // namespace

}  // namespace node_cudnn::test
