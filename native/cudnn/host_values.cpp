#include "host_values.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>

#include "core/error.h"

namespace node_cudnn::cudnn {

namespace {

std::uint16_t roundToBfloat16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if (std::isnan(value)) return static_cast<std::uint16_t>((bits >> 16) | 0x40U);  // stays a NaN
  const std::uint32_t odd = (bits >> 16) & 1U;
  return static_cast<std::uint16_t>((bits + 0x7FFFU + odd) >> 16);
}

template <typename T>
T fromFloat(float value) {
  return static_cast<T>(value);
}
template <>
std::uint16_t fromFloat<std::uint16_t>(float value) {
  return roundToBfloat16(value);
}

template <typename T>
float asFloat(T value) {
  return static_cast<float>(value);
}
template <>
float asFloat<std::uint16_t>(std::uint16_t value) {
  return std::bit_cast<float>(std::uint32_t{value} << 16);
}

// Calls body(position in memory, position in the plain array) for every element.
template <typename Body>
void forElements(const CudaLayout& layout, const Body& body) {
  const auto count = static_cast<std::size_t>(layout.elements());
  if (layout.order() == Order::Plain) {
    for (std::size_t i = 0; i < count; ++i) body(i, i);
    return;
  }
  // [kh,kw,C,K] of the host; K,kh,kw,C in memory.
  const auto filters = static_cast<std::size_t>(layout.shape().back());
  const std::size_t taps = filters == 0 ? 0 : count / filters;
  for (std::size_t k = 0; k < filters; ++k) {
    for (std::size_t tap = 0; tap < taps; ++tap) body(k * taps + tap, tap * filters + k);
  }
}

template <typename T>
void encode(const CudaLayout& layout, std::span<const float> values, std::byte* bytes) {
  forElements(layout, [&](std::size_t in, std::size_t plain) {
    const T value = fromFloat<T>(values[plain]);
    std::memcpy(bytes + in * sizeof(T), &value, sizeof(T));
  });
}

template <typename T>
void decode(const CudaLayout& layout, const std::byte* bytes, std::span<float> values) {
  forElements(layout, [&](std::size_t in, std::size_t plain) {
    T value{};
    std::memcpy(&value, bytes + in * sizeof(T), sizeof(T));
    values[plain] = asFloat(value);
  });
}

}  // namespace

void requireElements(const CudaLayout& layout, std::size_t count) {
  if (layout.order() == Order::Raw) {
    throw Error(ErrorCode::Internal, "layout " + layout.text(), "has no values to read or write");
  }
  if (static_cast<std::size_t>(layout.elements()) != count) {
    throw Error(
        ErrorCode::Internal, "layout " + layout.text(),
        "expected " + std::to_string(layout.elements()) + " values, got " + std::to_string(count));
  }
}

std::vector<std::byte> toLayout(const CudaLayout& layout, std::span<const float> values) {
  requireElements(layout, values.size());
  std::vector<std::byte> bytes(layout.bytes());
  switch (layout.type()) {
    case DataType::Float32:
      encode<float>(layout, values, bytes.data());
      break;
    case DataType::BFloat16:
      encode<std::uint16_t>(layout, values, bytes.data());
      break;
    case DataType::Int8:
      encode<std::int8_t>(layout, values, bytes.data());
      break;
    case DataType::Int32:
      encode<std::int32_t>(layout, values, bytes.data());
      break;
    case DataType::Double:
      encode<double>(layout, values, bytes.data());
      break;
  }
  return bytes;
}

void fromLayout(const CudaLayout& layout, std::span<const std::byte> bytes,
                std::span<float> values) {
  requireElements(layout, values.size());
  if (bytes.size() != layout.bytes()) {
    throw Error(ErrorCode::Internal, "layout " + layout.text(),
                "expected " + std::to_string(layout.bytes()) + " bytes, got " +
                    std::to_string(bytes.size()));
  }
  switch (layout.type()) {
    case DataType::Float32:
      return decode<float>(layout, bytes.data(), values);
    case DataType::BFloat16:
      return decode<std::uint16_t>(layout, bytes.data(), values);
    case DataType::Int8:
      return decode<std::int8_t>(layout, bytes.data(), values);
    case DataType::Int32:
      return decode<std::int32_t>(layout, bytes.data(), values);
    case DataType::Double:
      return decode<double>(layout, bytes.data(), values);
  }
}

}  // namespace node_cudnn::cudnn
