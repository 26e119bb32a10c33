#include "feed.h"

#include <atomic>
#include <cstring>
#include <limits>

#include "core/host_rows.h"
#include "parallel.h"

namespace node_cudnn::onednn {

namespace {

constexpr std::int64_t kNone = std::numeric_limits<std::int64_t>::max();

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

// Whether every value is a label.
template <typename From>
bool convertLabels(const From* from, std::int32_t* to, std::int64_t count, std::int64_t classes) {
  bool good = true;
  for (std::int64_t i = 0; i < count; ++i) {
    const auto value = static_cast<double>(from[i]);
    const bool fits = isLabel(value, classes);
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
  if (refused != kNone) refuseRow(rows, refused, type, classes);
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
