// Host rows on their way to pinned memory: gathered as they are, refused with the CPU's words.
#include "cudnn/row_gather.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "core/error.h"

namespace node_cudnn::test {

namespace {

template <typename T>
constexpr HostType kHostType = HostType::Float32;
template <>
constexpr HostType kHostType<std::int32_t> = HostType::Int32;
template <>
constexpr HostType kHostType<std::uint8_t> = HostType::Uint8;

template <typename T>
struct Source {
  std::vector<T> data;
  std::int64_t width = 1;
  const std::int32_t* indices = nullptr;
  std::int64_t first = 0;

  HostRows rows() const {
    return {data.data(), kHostType<T>, static_cast<std::int64_t>(data.size()) / width,
            width,       indices,      first,
            "x"};
  }
};

template <typename T>
std::vector<T> gathered(const Source<T>& source, std::int64_t count,
                        ElementType type = ElementType::Float, std::int64_t classes = 0) {
  std::vector<T> values(static_cast<std::size_t>(count * source.width));
  cudnn::gatherRows(source.rows(), count, type, classes, values.data());
  return values;
}

std::string messageOf(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return std::string(toString(error.code())) + " " + error.what();
  }
  return "";
}

// What the CPU backend says of the same rows.
template <typename T>
std::string cpuMessage(const Source<T>& source, std::int64_t count, ElementType type,
                       std::int64_t classes) {
  std::vector<float> values(static_cast<std::size_t>(count * source.width));
  return messageOf(
      [&] { makeBackend("cpu")->feed({}, 0, source.rows(), count, type, classes, values.data()); });
}

template <typename T>
void expectRefusedAsByTheCpu(const Source<T>& source, std::int64_t count, ElementType type,
                             std::int64_t classes, const std::string& words) {
  const std::string message =
      messageOf([&] { static_cast<void>(gathered(source, count, type, classes)); });
  EXPECT_NE(message.find(words), std::string::npos) << message;
  EXPECT_EQ(message, cpuMessage(source, count, type, classes));
}

template <typename T>
class RowGather : public testing::Test {};
using HostTypes = testing::Types<float, std::int32_t, std::uint8_t>;
TYPED_TEST_SUITE(RowGather, HostTypes);

TYPED_TEST(RowGather, KeepsTheHostsType) {
  const std::vector<std::int32_t> order{2, 0, 2};
  Source<TypeParam> source{{1, 2, 3, 4, 5, 6}, 2, order.data()};
  EXPECT_EQ(gathered(source, 3), (std::vector<TypeParam>{5, 6, 1, 2, 5, 6}));
  source.indices = nullptr;
  source.first = 1;
  EXPECT_EQ(gathered(source, 2), (std::vector<TypeParam>{3, 4, 5, 6}));
}

// Rows of several chunks, and chunks of several rows.
TYPED_TEST(RowGather, CutsAndJoinsRows) {
  for (const std::int64_t width : {std::int64_t{3}, std::int64_t{50000}}) {
    Source<TypeParam> source{
        std::vector<TypeParam>(static_cast<std::size_t>(width * (600000 / width))), width};
    for (std::size_t i = 0; i < source.data.size(); ++i) {
      source.data[i] = static_cast<TypeParam>(i * 7 % 251);
    }
    const std::int64_t count = source.rows().rows;
    EXPECT_EQ(gathered(source, count), source.data);
    std::vector<std::int32_t> backwards(static_cast<std::size_t>(count));
    std::iota(backwards.rbegin(), backwards.rend(), 0);
    source.indices = backwards.data();
    const std::vector<TypeParam> reversed = gathered(source, count);
    EXPECT_EQ(reversed.front(), source.data[static_cast<std::size_t>((count - 1) * width)]);
    EXPECT_EQ(reversed.back(), source.data[static_cast<std::size_t>(width - 1)]);
  }
}

TYPED_TEST(RowGather, RefusesRowsThatAreNotThere) {
  const std::vector<std::int32_t> order{0, 3};
  const Source<TypeParam> beyond{{1, 2, 3}, 1, order.data()};
  expectRefusedAsByTheCpu(beyond, 2, ElementType::Float, 0, "row 3 was asked for");
  const std::vector<std::int32_t> negative{-1};
  const Source<TypeParam> before{{1, 2, 3}, 1, negative.data()};
  expectRefusedAsByTheCpu(before, 1, ElementType::Float, 0, "row -1 was asked for");
}

TYPED_TEST(RowGather, RefusesLabelsOutsideTheClasses) {
  const Source<TypeParam> labels{{0, 1, 2, 3}, 1};
  EXPECT_EQ(gathered(labels, 4, ElementType::Integer, 4), labels.data);
  expectRefusedAsByTheCpu(labels, 4, ElementType::Integer, 3,
                          "row 3, element 0 is 3; expected a class from 0 to 2");
}

TEST(RowGatherValues, NamesTheFirstRowThatIsNotFinite) {
  Source<float> source{std::vector<float>(60000, 1), 1000};
  source.data[37012] = std::numeric_limits<float>::infinity();
  source.data[51003] = std::nanf("");
  expectRefusedAsByTheCpu(source, 60, ElementType::Float, 0,
                          "row 37, element 12 is inf; expected a finite number");
  const std::vector<std::int32_t> order{51, 37};
  source.indices = order.data();
  expectRefusedAsByTheCpu(source, 2, ElementType::Float, 0, "row 51, element 3 is ");
}

TEST(RowGatherValues, TakesTheLargestFiniteNumbers) {
  const float highest = std::numeric_limits<float>::max();
  const Source<float> source{{highest, -highest, 0, -0.0F}, 4};
  EXPECT_EQ(gathered(source, 1), source.data);
}

TEST(RowGatherValues, RefusesLabelsThatAreNoWholeNumbers) {
  for (const float label : {0.5F, -1.0F, std::nanf(""), 3e9F}) {
    const Source<float> source{{label}, 1};
    expectRefusedAsByTheCpu(source, 1, ElementType::Integer, 10, "expected a class from 0 to 9");
    if (label != -1) {
      expectRefusedAsByTheCpu(source, 1, ElementType::Integer, 0, "expected a whole number");
    }
  }
}

}  // namespace

}  // namespace node_cudnn::test
