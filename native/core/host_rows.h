// What every backend checks about the rows that it gathers, and says in the same words.
#pragma once

#include <cstdint>

#include "backend.h"

namespace node_cudnn {

// Position in the array of the batch's row i.
inline std::int64_t rowAt(const HostRows& rows, std::int64_t i) {
  return rows.indices == nullptr ? rows.first + i : rows.indices[i];
}

std::size_t bytesOf(HostType type);

// Throws Error(Data) naming the first of `count` rows that is not in the array.
void requireRows(const HostRows& rows, std::int64_t count);

// Whether a value is a whole number in [0, classes) (any int32 when classes is 0).
inline bool isLabel(double value, std::int64_t classes) {
  const double lowest = classes > 0 ? 0.0 : -2147483648.0;
  const double highest = classes > 0 ? static_cast<double>(classes - 1) : 2147483647.0;
  // Within these bounds the conversion is exact for whole numbers.
  return value >= lowest && value <= highest &&
         value == static_cast<double>(static_cast<std::int64_t>(value));
}

// Throws Error(Data) naming the array, the row and its first element that is no label (type
// Integer), or not finite.
[[noreturn]] void refuseRow(const HostRows& rows, std::int64_t batchRow, ElementType type,
                            std::int64_t classes);

}  // namespace node_cudnn
