// What crosses between the host and a backend: rows, values, memory.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "backend_test.h"
#include "errors.h"
#include "values.h"

namespace node_cudnn::test {

namespace {

class HostData : public OnEveryBackend {
 protected:
  HostData() : backend_(makeBackend(GetParam())) {}

  // Feeds `count` rows and reads them back.
  std::vector<float> fed(const HostRows& rows, std::int64_t count, ElementType type,
                         std::int64_t classes = 0) {
    const LayoutPtr layout = backend_->plain({count, rows.rowElements}, type);
    const auto memory = backend_->allocate(layout->bytes(), "rows");
    backend_->feed({}, 0, rows, count, type, classes, memory->data());
    std::vector<float> values(static_cast<std::size_t>(count * rows.rowElements));
    if (type == ElementType::Integer) {
      std::vector<std::int32_t> labels(values.size());
      backend_->readBytes(memory->data(), labels.data(), labels.size() * sizeof(std::int32_t));
      std::copy(labels.begin(), labels.end(), values.begin());
    } else {
      backend_->read(*layout, memory->data(), values);
    }
    return values;
  }

  std::unique_ptr<Backend> backend_;
};

using Floats = std::vector<float>;

TEST_P(HostData, RowsFromTheFirstOn) {
  const Floats data{0, 1, 2, 3, 4, 5, 6, 7};
  const HostRows rows{data.data(), HostType::Float32, 4, 2, nullptr, 1, "x"};
  EXPECT_EQ(fed(rows, 2, ElementType::Float), (Floats{2, 3, 4, 5}));
}

TEST_P(HostData, RowsByIndex) {
  const Floats data{0, 1, 2, 3, 4, 5, 6, 7};
  const std::vector<std::int32_t> indices{3, 0, 3};
  const HostRows rows{data.data(), HostType::Float32, 4, 2, indices.data(), 0, "x"};
  EXPECT_EQ(fed(rows, 3, ElementType::Float), (Floats{6, 7, 0, 1, 6, 7}));
}

TEST_P(HostData, BytesAndIntegersBecomeNumbers) {
  const std::vector<std::uint8_t> bytes{0, 127, 128, 255};
  const HostRows fromBytes{bytes.data(), HostType::Uint8, 2, 2, nullptr, 0, "x"};
  EXPECT_EQ(fed(fromBytes, 2, ElementType::Float), (Floats{0, 127, 128, 255}));
  const std::vector<std::int32_t> integers{-5, 1 << 20};
  const HostRows fromIntegers{integers.data(), HostType::Int32, 1, 2, nullptr, 0, "x"};
  EXPECT_EQ(fed(fromIntegers, 1, ElementType::Float), (Floats{-5, 1 << 20}));
}

TEST_P(HostData, LabelsOfEveryHostType) {
  const std::vector<std::uint8_t> bytes{3, 0, 9};
  const HostRows fromBytes{bytes.data(), HostType::Uint8, 3, 1, nullptr, 0, "y"};
  EXPECT_EQ(fed(fromBytes, 3, ElementType::Integer, 10), (Floats{3, 0, 9}));
  const Floats floats{3, 0, 9};
  const HostRows fromFloats{floats.data(), HostType::Float32, 3, 1, nullptr, 0, "y"};
  EXPECT_EQ(fed(fromFloats, 3, ElementType::Integer, 10), (Floats{3, 0, 9}));
}

TEST_P(HostData, ManyRowsAreAllCopied) {
  Floats data(300 * 501);
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<float>(i);
  const HostRows rows{data.data(), HostType::Float32, 300, 501, nullptr, 0, "x"};
  EXPECT_EQ(fed(rows, 300, ElementType::Float), data);
}

TEST_P(HostData, ErrorsNameTheArrayTheRowAndTheElement) {
  Floats data(40 * 6, 1);
  const HostRows rows{data.data(), HostType::Float32, 40, 6, nullptr, 10, "input 'image'"};
  data[37 * 6 + 4] = std::numeric_limits<float>::quiet_NaN();
  expectError(ErrorCode::Data, {"input 'image'", "row 37", "element 4"},
              [&] { fed(rows, 30, ElementType::Float); });
  data[12 * 6] = -std::numeric_limits<float>::infinity();
  expectError(ErrorCode::Data, {"input 'image'", "row 12", "element 0", "inf"},
              [&] { fed(rows, 30, ElementType::Float); });
  EXPECT_EQ(fed(rows, 2, ElementType::Float), Floats(12, 1));
}

TEST_P(HostData, LabelsAreWholeAndBelowTheNumberOfClasses) {
  const auto feedLabel = [&](float label, std::int64_t classes) {
    const Floats labels{0, label};
    const HostRows rows{labels.data(), HostType::Float32, 2, 1, nullptr, 0, "y"};
    fed(rows, 2, ElementType::Integer, classes);
  };
  feedLabel(2, 3);
  feedLabel(-7, 0);
  expectError(ErrorCode::Data, {"y", "row 1", "3"}, [&] { feedLabel(3, 3); });
  expectError(ErrorCode::Data, {"y", "row 1", "-1"}, [&] { feedLabel(-1, 3); });
  expectError(ErrorCode::Data, {"y", "row 1", "0.5"}, [&] { feedLabel(0.5F, 3); });
  expectError(ErrorCode::Data, {"y", "row 1"},
              [&] { feedLabel(std::numeric_limits<float>::quiet_NaN(), 0); });
  expectError(ErrorCode::Data, {"y", "row 1"}, [&] { feedLabel(1e20F, 0); });
}

TEST_P(HostData, RowsOutsideTheArrayAreRefused) {
  const Floats data(8, 1);
  const HostRows behind{data.data(), HostType::Float32, 4, 2, nullptr, 3, "x"};
  expectError(ErrorCode::Data, {"x", "4"}, [&] { fed(behind, 2, ElementType::Float); });
  const std::vector<std::int32_t> indices{-1};
  const HostRows before{data.data(), HostType::Float32, 4, 2, indices.data(), 0, "x"};
  expectError(ErrorCode::Data, {"x", "-1"}, [&] { fed(before, 1, ElementType::Float); });
}

TEST_P(HostData, PlainTensorsKeepTheirValues) {
  for (const Shape& shape : {Shape{7}, Shape{3, 5}, Shape{2, 3, 4}, Shape{2, 3, 4, 5},
                             Shape{3, 3, 1, 17}, Shape{1, 1, 1, 1}}) {
    const Values values = makeValues(shape, Kind::Normal, 1);
    const Floats floats(values.begin(), values.end());
    const LayoutPtr layout = backend_->plain(shape, ElementType::Float);
    const auto memory = backend_->allocate(layout->bytes(), "tensor");
    backend_->write(*layout, memory->data(), floats);
    Floats read(floats.size());
    backend_->read(*layout, memory->data(), read);
    EXPECT_EQ(read, floats) << toString(shape);
  }
}

TEST_P(HostData, MemoryIsAlignedAndZero) {
  for (const std::size_t bytes :
       {std::size_t{0}, std::size_t{1}, std::size_t{100}, (std::size_t{5} << 20) + 3}) {
    const auto memory = backend_->allocate(bytes, "test");
    EXPECT_EQ(memory->bytes(), bytes);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory->data()) % 64, 0U);
    const auto* data = static_cast<const char*>(memory->data());
    EXPECT_TRUE(std::all_of(data, data + bytes, [](char byte) { return byte == 0; })) << bytes;
  }
}

TEST_P(HostData, MemoryThatIsNotThereIsRefusedByName) {
  for (const std::size_t bytes : {std::size_t{1} << 45, std::numeric_limits<std::size_t>::max()}) {
    expectError(ErrorCode::OutOfMemory, {"activations", "MiB"},
                [&] { backend_->allocate(bytes, "activations"); });
  }
}

INSTANTIATE_TEST_SUITE_P(Backends, HostData, testing::ValuesIn(backendNames()), backendOf);

}  // namespace

}  // namespace node_cudnn::test
