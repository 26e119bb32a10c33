#include "row_gather.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <limits>
#include <type_traits>

#include "core/host_rows.h"

namespace node_cudnn::cudnn {

namespace {

constexpr std::int64_t kNone = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kChunk = 16384;  // elements; at most 64 KiB, within a core's cache

// Copies; whether every value is finite.
bool copyFinite(const float* from, float* to, std::int64_t count) {
  constexpr std::uint32_t kExponent = 0x7F800000U;  // all set: Infinity or NaN
  std::uint32_t bad = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, from + i, sizeof bits);
    bad |= (bits & kExponent) == kExponent ? 1U : 0U;
    to[i] = from[i];
  }
  return bad == 0;
}

template <typename T>
bool copyLabels(const T* from, T* to, std::int64_t count, std::int64_t classes) {
  bool good = true;
  for (std::int64_t i = 0; i < count; ++i) {
    good = good && isLabel(static_cast<double>(from[i]), classes);
    to[i] = from[i];
  }
  return good;
}

template <typename T>
bool copyStretch(const T* from, T* to, std::int64_t count, ElementType type, std::int64_t classes) {
  if (type == ElementType::Integer) return copyLabels(from, to, count, classes);
  if constexpr (std::is_same_v<T, float>) {
    return copyFinite(from, to, count);
  } else {
    std::memcpy(to, from, static_cast<std::size_t>(count) * sizeof(T));
    return true;
  }
}

// All rows, cut into chunks that threads share; the first batch row that was refused, or kNone.
template <typename T>
std::int64_t gather(const HostRows& rows, std::int64_t count, ElementType type,
                    std::int64_t classes, T* to) {
  const auto* data = static_cast<const T*>(rows.data);
  const std::int64_t width = rows.rowElements;
  const std::int64_t total = count * width;
  std::atomic<std::int64_t> refused{kNone};
#pragma omp parallel for schedule(static) if (total > 4 * kChunk)
  for (std::int64_t chunk = 0; chunk < total; chunk += kChunk) {
    const std::int64_t end = std::min(chunk + kChunk, total);
    for (std::int64_t begin = chunk; begin < end;) {
      const std::int64_t row = begin / width;
      const std::int64_t length = std::min(end, (row + 1) * width) - begin;
      const T* from = data + rowAt(rows, row) * width + (begin - row * width);
      if (!copyStretch(from, to + begin, length, type, classes)) {
        std::int64_t seen = refused.load();
        while (row < seen && !refused.compare_exchange_weak(seen, row)) {
        }
      }
      begin += length;
    }
  }
  return refused.load();
}

std::int64_t gatherAny(const HostRows& rows, std::int64_t count, ElementType type,
                       std::int64_t classes, void* to) {
  switch (rows.type) {
    case HostType::Float32:
      return gather(rows, count, type, classes, static_cast<float*>(to));
    case HostType::Int32:
      return gather(rows, count, type, classes, static_cast<std::int32_t*>(to));
    case HostType::Uint8:
      break;
  }
  return gather(rows, count, type, classes, static_cast<std::uint8_t*>(to));
}

}  // namespace

void gatherRows(const HostRows& rows, std::int64_t count, ElementType type, std::int64_t classes,
                void* to) {
  requireRows(rows, count);
  const std::int64_t refused = gatherAny(rows, count, type, classes, to);
  if (refused != kNone) refuseRow(rows, refused, type, classes);
}

}  // namespace node_cudnn::cudnn
