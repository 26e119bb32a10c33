// The CPU backend's layouts, memory and feeding, below the level of ops.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "core/backend.h"
#include "core/error.h"
#include "core/host_memory.h"
#include "core/op.h"
#include "core/philox.h"
#include "core/program.h"
#include "errors.h"
#include "onednn/layout.h"
#include "onednn/parallel.h"
#include "onednn/philox_blocks.h"

namespace node_cudnn::test {

namespace {

using onednn::CpuLayout;
using onednn::View;
using Tag = dnnl::memory::format_tag;

std::vector<float> counting(std::size_t count) {
  std::vector<float> values(count);
  std::iota(values.begin(), values.end(), 1.0F);
  return values;
}

// Writes 1, 2, 3, ... in the layout and reads them back; returns the raw memory.
std::vector<float> roundTrip(const CpuLayout& layout, std::size_t count) {
  const auto backend = makeBackend("cpu");
  const auto memory = backend->allocate(layout.bytes(), "values");
  const std::vector<float> values = counting(count);
  backend->write(layout, memory->data(), values);
  std::vector<float> back(count);
  backend->read(layout, memory->data(), back);
  EXPECT_EQ(back, values) << layout.text();
  const auto* raw = static_cast<const float*>(memory->data());
  return {raw, raw + layout.bytes() / sizeof(float)};
}

TEST(OnednnLayout, PlainIsRowMajorChannelsLast) {
  const CpuLayout layout = CpuLayout::plain({2, 3, 5, 7}, ElementType::Float);
  EXPECT_EQ(layout.text(), "nhwc");
  EXPECT_EQ(roundTrip(layout, 210), counting(210));
}

TEST(OnednnLayout, BlockedImagesKeepTheirPaddingZero) {
  const View view = View::activation({1, 1, 2, 3});
  const CpuLayout layout(view, view.tagged(Tag::nChw16c));
  EXPECT_EQ(layout.text(), "nChw16c");
  const std::vector<float> raw = roundTrip(layout, 6);
  ASSERT_EQ(raw.size(), 32U);
  EXPECT_EQ(raw[0], 1);
  EXPECT_EQ(raw[2], 3);
  EXPECT_EQ(raw[3], 0);
  EXPECT_EQ(raw[16], 4);
}

TEST(OnednnLayout, ConvolutionKernelsAreHwio) {
  const Shape shape{2, 3, 4, 6};
  const View whole = View::convolutionKernel(shape, 1);
  EXPECT_EQ(whole.dims, (dnnl::memory::dims{6, 4, 2, 3}));
  // oihw: the neighbour of the first value is the next column, 24 values on in HWIO.
  EXPECT_EQ(roundTrip({whole, whole.tagged(Tag::oihw)}, 144)[1], 25);
  const View grouped = View::convolutionKernel(shape, 3);
  EXPECT_EQ(grouped.dims, (dnnl::memory::dims{3, 2, 4, 2, 3}));
  // The second filter of the first group is one value on in HWIO, after 4 x 2 x 3 in goihw.
  EXPECT_EQ(roundTrip({grouped, grouped.tagged(Tag::goihw)}, 144)[24], 2);
}

TEST(OnednnLayout, DenseKernelsAreTransposedForOnednn) {
  const View view = View::denseKernel({3, 3});
  const CpuLayout plain(view, view.plain());
  const CpuLayout transposed(view, view.tagged(Tag::ab));
  EXPECT_EQ(roundTrip(transposed, 9)[1], 4);
  EXPECT_TRUE(plain.equals(CpuLayout::plain({3, 3}, ElementType::Float)));
  EXPECT_FALSE(transposed.equals(CpuLayout::plain({3, 3}, ElementType::Float)));
}

TEST(OnednnLayout, AxesOfLengthOneDoNotMatter) {
  const View view = View::activation({4, 1, 1, 32});
  EXPECT_TRUE(CpuLayout(view, view.tagged(Tag::nchw)).isPlain());
}

TEST(OnednnMemory, IsAlignedAndZero) {
  for (const std::size_t bytes : {std::size_t{1}, std::size_t{4097}, std::size_t{5} << 20}) {
    const auto memory = makeBackend("cpu")->allocate(bytes, "values");
    EXPECT_EQ(memory->bytes(), bytes);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory->data()) % 64, 0U);
    const auto* values = static_cast<const unsigned char*>(memory->data());
    EXPECT_EQ(std::count(values, values + bytes, 0), static_cast<std::ptrdiff_t>(bytes));
  }
}

TEST(OnednnMemory, RefusesWhatTheMachineDoesNotHave) {
  const std::size_t free = freeHostMemory();
  EXPECT_GT(free, 0U);
  try {
    makeBackend("cpu")->allocate(free + (std::size_t{1} << 40), "activations");
    FAIL() << "a terabyte more than there is was given out";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::OutOfMemory);
    EXPECT_NE(std::string(error.what()).find("MiB"), std::string::npos);
    EXPECT_NE(std::string(error.what()).find("activations"), std::string::npos);
  }
}

struct Fed {
  std::vector<float> values;
  std::string error;
};

template <typename T>
Fed feed(const std::vector<T>& data, HostType type, std::int64_t width, std::int64_t count,
         const std::int32_t* indices = nullptr) {
  const HostRows rows{
      data.data(), type, static_cast<std::int64_t>(data.size()) / width, width, indices, 0, "x"};
  Fed fed{std::vector<float>(static_cast<std::size_t>(count * width)), ""};
  try {
    makeBackend("cpu")->feed({}, 0, rows, count, ElementType::Float, 0, fed.values.data());
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::Data);
    fed.error = error.what();
  }
  return fed;
}

TEST(OnednnFeed, GathersRowsOfEveryType) {
  const std::vector<std::int32_t> order{2, 0};
  const std::vector<float> expected{5, 6, 1, 2};
  EXPECT_EQ(feed<float>({1, 2, 3, 4, 5, 6}, HostType::Float32, 2, 2, order.data()).values,
            expected);
  EXPECT_EQ(feed<std::int32_t>({1, 2, 3, 4, 5, 6}, HostType::Int32, 2, 2, order.data()).values,
            expected);
  EXPECT_EQ(feed<std::uint8_t>({1, 2, 3, 4, 5, 6}, HostType::Uint8, 2, 2, order.data()).values,
            expected);
}

// Rows longer than one part of the parallel loop, and a batch of many parts.
TEST(OnednnFeed, CutsLongRows) {
  const std::int64_t width = onednn::kChunk * 2 + 77;
  const std::vector<float> data = counting(static_cast<std::size_t>(width) * 3);
  EXPECT_EQ(feed<float>(data, HostType::Float32, width, 3).values, data);
}

TEST(OnednnFeed, NamesTheFirstBadRowAndElement) {
  const std::int64_t width = 1000;
  std::vector<float> data(60 * width, 1);
  data[37 * width + 12] = std::numeric_limits<float>::infinity();
  data[51 * width + 3] = std::nanf("");
  const std::string error = feed<float>(data, HostType::Float32, width, 60).error;
  EXPECT_NE(error.find("row 37, element 12"), std::string::npos) << error;
  const std::vector<std::int32_t> order{51, 37};
  const std::string first = feed<float>(data, HostType::Float32, width, 2, order.data()).error;
  EXPECT_NE(first.find("row 51, element 3"), std::string::npos) << first;
}

TEST(OnednnFeed, AcceptsTheLargestFiniteNumbers) {
  const float highest = std::numeric_limits<float>::max();
  const std::vector<float> data{highest, -highest, std::numeric_limits<float>::denorm_min(), -0.0F};
  EXPECT_EQ(feed<float>(data, HostType::Float32, 4, 1).error, "");
}

TEST(OnednnPhilox, EveryInstructionSetDrawsTheSameNumbers) {
  const onednn::PhiloxKey key{0xDEADBEEF12345678U, (std::uint64_t{7} << 33) + 5, 0x80000003U};
  std::vector<std::uint64_t> blocks(onednn::kPhiloxBlocks);
  for (std::size_t i = 0; i < blocks.size(); ++i) blocks[i] = (std::uint64_t{i} << 31) * 3 + i;
  std::vector<std::uint32_t> numbers(4 * blocks.size());
  for (const auto set : {onednn::InstructionSet::Baseline, onednn::instructionSet()}) {
    onednn::philoxBlocks(set, key, blocks.data(), numbers.data());
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      ASSERT_EQ(numbers[i], philox(key.seed, key.stream, key.step, blocks[i / 4])[i % 4]) << i;
    }
  }
}

TEST(OnednnBackend, SaysWhyAnOpIsUnsupported) {
  Graph graph;
  const OpDefinition unknown{.type = "fourierTransform", .infer = {}};
  const TensorId x = graph.addTensor({"x", {1, 4}, ElementType::Float, Role::Input});
  const Op op{&unknown, "spectrum", {x}, {}, {}};
  const auto reason = makeBackend("cpu")->unsupported(graph, op);
  ASSERT_TRUE(reason.has_value());
  EXPECT_NE(reason->find("fourierTransform"), std::string::npos) << *reason;
}

// Its 1x1 convolution divided by a number of positions that had come out as 0.
TEST(OnednnBackend, RefusesMorePositionsThanOneDnnCounts) {
  ModelSpec spec;
  spec.backend = "cpu";
  spec.inputs = {{"x", {std::int64_t{1} << 29, 2, 1}}};
  spec.weights = {{"points/kernel", {1, 1, 1, 2}, {}, true, 0, 0}};
  const std::vector<double> ones{1, 1};
  spec.ops = {{"conv2d",
               "points",
               {0},
               {0},
               {{"strides", ones},
                {"padding", std::vector<double>(4, 0.0)},
                {"dilations", ones},
                {"groups", 1.0}}}};
  spec.outputs = {1};
  Program program(spec);
  EXPECT_FALSE(program.explain(Mode::Predict, 1).empty());
  expectError(ErrorCode::Unsupported, {"points", "34359738368 positions", "smaller batch"},
              [&] { program.explain(Mode::Predict, 32); });
}

// It writes code for every column: minutes of it, and gigabytes.
TEST(OnednnBackend, RefusesImagesTooWideForItsWindows) {
  const auto average = [](std::int64_t height, std::int64_t width) {
    ModelSpec spec;
    spec.backend = "cpu";
    spec.inputs = {{"x", {height, width, 1}}};
    spec.ops = {{"globalAveragePooling2d", "average", {0}, {}, {}}};
    spec.outputs = {1};
    return spec;
  };
  const std::int64_t many = std::int64_t{1} << 24;
  expectError(ErrorCode::Unsupported, {"average", "16777216 columns", "height and width"},
              [&] { const Program program(average(1, many)); });
  Program tall(average(many, 1));
  EXPECT_FALSE(tall.explain(Mode::Predict, 1).empty());
}

}  // namespace

}  // namespace node_cudnn::test
