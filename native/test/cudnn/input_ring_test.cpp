// What the slots of the input ring hold, without a device: where rows go, and what kernels are told
// of them. And the host's side of a tensor's layout.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <vector>

#include "core/error.h"
#include "cudnn/host_values.h"
#include "cudnn/slot_contents.h"
#include "errors.h"

namespace node_cudnn::test {

namespace {

using cudnn::CudaLayout;
using cudnn::DataType;
using cudnn::SlotContents;
using cudnn::StepParameters;

// A schedule that is fed tensors of these shapes.
Schedule scheduleFed(const std::vector<Shape>& shapes) {
  Schedule schedule;
  for (const Shape& shape : shapes) {
    schedule.fed.push_back(static_cast<BufferId>(schedule.buffers.size()));
    schedule.buffers.push_back(
        {"fed", std::make_shared<CudaLayout>(CudaLayout::plain(shape, DataType::BFloat16))});
  }
  return schedule;
}

TEST(SlotContents, PutsRowsBehindTheParametersAligned) {
  const Schedule schedule = scheduleFed({{2, 5}, {2}});
  SlotContents contents;
  contents.begin(schedule);
  const std::size_t first = contents.add(0, HostType::Uint8, 10);
  const std::size_t second = contents.add(1, HostType::Int32, 8);
  EXPECT_GE(first, sizeof(StepParameters));
  EXPECT_GE(second, first + 10);
  for (const std::size_t offset : {first, second}) EXPECT_EQ(offset % 256, 0U);
  EXPECT_EQ(contents.bytes(), second + 8);
}

TEST(SlotContents, TellsKernelsWhereAndWhatTheRowsAre) {
  const Schedule schedule = scheduleFed({{2, 5}, {2}});
  SlotContents contents;
  contents.begin(schedule);
  const std::size_t labels = contents.add(1, HostType::Int32, 8);
  const std::size_t images = contents.add(0, HostType::Uint8, 10);
  std::vector<std::byte> device(4096);
  const StepParameters parameters = contents.parameters({11, 12, 0.5F, 13}, device.data());
  EXPECT_EQ(parameters.seed, 11U);
  EXPECT_EQ(parameters.step, 12U);
  EXPECT_EQ(parameters.learningRate, 0.5F);
  EXPECT_EQ(parameters.firstRow, 13U);
  EXPECT_EQ(parameters.sources[0].data, device.data() + images);
  EXPECT_EQ(parameters.sources[0].hostType, 2);
  EXPECT_EQ(parameters.sources[1].data, device.data() + labels);
  EXPECT_EQ(parameters.sources[1].hostType, 1);
  EXPECT_EQ(parameters.sources[2].data, nullptr);
}

TEST(SlotContents, KnowWhetherABatchIsWhole) {
  const Schedule schedule = scheduleFed({{2, 5}, {2}});
  const Schedule other = scheduleFed({{2, 5}});
  SlotContents contents;
  EXPECT_FALSE(contents.isOf(schedule));
  contents.begin(schedule);
  EXPECT_TRUE(contents.isOf(schedule));
  EXPECT_FALSE(contents.isOf(other));
  contents.add(0, HostType::Float32, 40);
  EXPECT_FALSE(contents.isComplete());
  contents.add(1, HostType::Float32, 8);
  EXPECT_TRUE(contents.isComplete());
  expectError(ErrorCode::Internal, {"source 1", "twice"},
              [&] { contents.add(1, HostType::Float32, 8); });
  contents.begin(schedule);
  EXPECT_FALSE(contents.has(0));
  EXPECT_EQ(contents.bytes(), sizeof(StepParameters));
}

// Room is made once for a batch, whatever the types of the arrays that are still to come.
TEST(SlotContents, RoomIsForTheWholeBatch) {
  const Schedule schedule = scheduleFed({{128, 1000}, {128, 10}, {128}});
  SlotContents contents;
  contents.begin(schedule);
  const std::size_t room = roomFor(schedule, contents, 0, 128 * 1000);
  EXPECT_GE(room, sizeof(StepParameters) + 128 * 1000 + 128 * 10 * 4 + 128 * 4);
  EXPECT_LT(room, 128 * 1000 + 128 * 10 * 4 + 128 * 4 + std::size_t{8} * 256);
  contents.add(0, HostType::Uint8, 128 * 1000);
  contents.add(1, HostType::Float32, 128 * 10 * 4);
  contents.add(2, HostType::Float32, 128 * 4);
  EXPECT_LE(contents.bytes(), room);
}

std::vector<float> counting(std::size_t count) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<float>(i + 1);
  return values;
}

TEST(HostValues, ConvolutionKernelsLieWithTheOutputChannelOutermost) {
  const CudaLayout layout = CudaLayout::krsc({2, 3, 4, 5}, DataType::Float32);
  const std::vector<float> values = counting(120);
  const std::vector<std::byte> bytes = cudnn::toLayout(layout, values);
  std::vector<float> memory(120);
  std::memcpy(memory.data(), bytes.data(), bytes.size());
  // [h][w][c][k] = [1][2][3][4] is the last value; [0][0][1][0] the sixth.
  EXPECT_EQ(memory[0], 1);
  EXPECT_EQ(memory[1], 6);
  EXPECT_EQ(memory[24], 2);
  EXPECT_EQ(memory[119], 120);
  std::vector<float> back(120);
  cudnn::fromLayout(layout, bytes, back);
  EXPECT_EQ(back, values);
}

std::uint16_t bfloat16Of(float value) {
  const auto bytes = cudnn::toLayout(CudaLayout::plain({1}, DataType::BFloat16), {&value, 1});
  std::uint16_t bits = 0;
  std::memcpy(&bits, bytes.data(), sizeof bits);
  return bits;
}

TEST(HostValues, Bfloat16IsRoundedToTheNearestTiesToEven) {
  EXPECT_EQ(bfloat16Of(1.0F), 0x3F80);
  EXPECT_EQ(bfloat16Of(-2.0F), 0xC000);
  EXPECT_EQ(bfloat16Of(std::bit_cast<float>(0x3F808000U)), 0x3F80);  // a tie, down to even
  EXPECT_EQ(bfloat16Of(std::bit_cast<float>(0x3F818000U)), 0x3F82);  // a tie, up to even
  EXPECT_EQ(bfloat16Of(std::bit_cast<float>(0x3F808001U)), 0x3F81);
  EXPECT_EQ(bfloat16Of(std::bit_cast<float>(0x3F807FFFU)), 0x3F80);
  EXPECT_EQ(bfloat16Of(std::numeric_limits<float>::infinity()), 0x7F80);
  EXPECT_EQ(bfloat16Of(std::numeric_limits<float>::max()), 0x7F80);
  // A NaN whose upper bits are those of infinity stays one.
  EXPECT_NE(bfloat16Of(std::bit_cast<float>(0x7F800001U)) & 0x7F, 0);
}

TEST(HostValues, EveryTypeComesBack) {
  const std::vector<float> values{0, 1, -3, 100};
  for (const DataType type :
       {DataType::Float32, DataType::BFloat16, DataType::Int8, DataType::Int32, DataType::Double}) {
    const CudaLayout layout = CudaLayout::plain({4}, type);
    const std::vector<std::byte> bytes = cudnn::toLayout(layout, values);
    EXPECT_EQ(bytes.size(), layout.bytes());
    std::vector<float> back(4);
    cudnn::fromLayout(layout, bytes, back);
    EXPECT_EQ(back, values) << layout.text();
  }
}

TEST(HostValues, RefusesWrongSizesAndRawBytes) {
  const CudaLayout layout = CudaLayout::plain({4}, DataType::Float32);
  const std::vector<float> three(3);
  expectError(ErrorCode::Internal, {"4", "3"}, [&] { cudnn::toLayout(layout, three); });
  expectError(ErrorCode::Internal, {"pooling's"},
              [&] { cudnn::toLayout(CudaLayout::raw(12, "pooling's"), three); });
}

}  // namespace

}  // namespace node_cudnn::test
