#include "feed.h"

#include <atomic>
#include <cmath>
#include <cstring>
#include <limits>
#include <sstream>
#include <string>

#include "core/error.h"
#include "parallel.h"

namespace node_cudnn::onednn {

namespace {

constexpr std::int64_t kNone = std::numeric_limits<std::int64_t>::max();

std::int64_t rowAt(const HostRows& rows, std::int64_t i) {
  return rows.indices == nullptr ? rows.first + i : rows.indices[i];
}

// Converts one stretch; whether every value is finite.
template <typename From>
bool convert(const From* from, float* to, std::int64_t count) {
#pragma GCC ivdep
  for (std::int64_t i = 0; i < count; ++i) to[i] = static_cast<float>(from[i]);
  return true;
}

template <>
bool convert<float>(const float* from, float* to, std::int64_t count) {
  // All exponent bits set: Infinity or NaN.
  constexpr std::uint32_t exponent = 0x7F800000U;
  std::uint32_t bad = 0;
#pragma GCC ivdep
  for (std::int64_t i = 0; i < count; ++i) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, from + i, sizeof bits);
    bad |= (bits & exponent) == exponent ? 1U : 0U;
    to[i] = from[i];
  }
  return bad == 0;
}

// Whether every value is a whole number in [0, classes) (any int32 when classes is 0).
template <typename From>
bool convertLabels(const From* from, std::int32_t* to, std::int64_t count, std::int64_t classes) {
  const double highest = classes > 0 ? static_cast<double>(classes - 1) : 2147483647.0;
  const double lowest = classes > 0 ? 0.0 : -2147483648.0;
  bool good = true;
  for (std::int64_t i = 0; i < count; ++i) {
    const auto value = static_cast<double>(from[i]);
    const bool fits = value >= lowest && value <= highest && value == std::floor(value);
    good = good && fits;
    to[i] = fits ? static_cast<std::int32_t>(value) : 0;
  }
  return good;
}

// Runs convertStretch(from, to offset, length) over all rows, cut where rows are long; returns the
// first stretch's row that was refused, or kNone.
template <typename From, typename Convert>
std::int64_t gather(const HostRows& rows, std::int64_t count, const Convert& convertStretch) {
  const auto* data = static_cast<const From*>(rows.data);
  const std::int64_t width = rows.rowElements;
  std::atomic<std::int64_t> refused{kNone};
  parallelChunks(count * width, kChunk, [&](std::int64_t begin, std::int64_t end) {
    while (begin < end) {
      const std::int64_t row = begin / width;
      const std::int64_t length = std::min(end, (row + 1) * width) - begin;
      const From* from = data + rowAt(rows, row) * width + (begin - row * width);
      if (!convertStretch(from, begin, length)) {
        std::int64_t seen = refused.load();
        while (row < seen && !refused.compare_exchange_weak(seen, row)) {
        }
      }
      begin += length;
    }
  });
  return refused.load();
}

template <typename From>
[[noreturn]] void refuse(const HostRows& rows, std::int64_t batchRow, bool label,
                         std::int64_t classes) {
  const std::int64_t row = rowAt(rows, batchRow);
  const From* values = static_cast<const From*>(rows.data) + row * rows.rowElements;
  std::int64_t at = 0;
  for (std::int32_t converted = 0; at < rows.rowElements; ++at) {
    if (label ? !convertLabels(values + at, &converted, 1, classes)
              : !std::isfinite(static_cast<double>(values[at]))) {
      break;
    }
  }
  std::ostringstream message;
  message << "row " << row << ", element " << at << " is " << +values[at] << "; expected ";
  if (!label) {
    message << "a finite number";
  } else if (classes > 0) {
    message << "a class from 0 to " << classes - 1;
  } else {
    message << "a whole number";
  }
  throw Error(ErrorCode::Data, rows.name, message.str());
}

template <typename From>
void feedTyped(const HostRows& rows, std::int64_t count, ElementType type, std::int64_t classes,
               void* to) {
  std::int64_t refused = kNone;
  if (type == ElementType::Integer) {
    auto* labels = static_cast<std::int32_t*>(to);
    refused = gather<From>(rows, count, [=](const From* from, std::int64_t at, std::int64_t n) {
      return convertLabels(from, labels + at, n, classes);
    });
  } else {
    auto* values = static_cast<float*>(to);
    refused = gather<From>(rows, count, [=](const From* from, std::int64_t at, std::int64_t n) {
      return convert<From>(from, values + at, n);
    });
  }
  if (refused != kNone) refuse<From>(rows, refused, type == ElementType::Integer, classes);
}

void requireRows(const HostRows& rows, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    if (rowAt(rows, i) < 0 || rowAt(rows, i) >= rows.rows) {
      throw Error(ErrorCode::Data, rows.name,
                  "row " + std::to_string(rowAt(rows, i)) + " was asked for, and there are " +
                      std::to_string(rows.rows));
    }
  }
}

}  // namespace

void feedRows(const HostRows& rows, std::int64_t count, ElementType type, std::int64_t classes,
              void* to) {
  requireRows(rows, count);
  switch (rows.type) {
    case HostType::Float32:
      return feedTyped<float>(rows, count, type, classes, to);
    case HostType::Int32:
      return feedTyped<std::int32_t>(rows, count, type, classes, to);
    case HostType::Uint8:
      return feedTyped<std::uint8_t>(rows, count, type, classes, to);
  }
}

}  // namespace node_cudnn::onednn
