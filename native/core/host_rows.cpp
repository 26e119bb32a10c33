#include "host_rows.h"

#include <cmath>
#include <sstream>
#include <string>

#include "error.h"

namespace node_cudnn {

namespace {

// The row's number in the array that the host knows.
std::int64_t sourceRow(const HostRows& rows, std::int64_t row) {
  return rows.sourceIndices == nullptr ? rows.sourceFirst + row : rows.sourceIndices[row];
}

template <typename T>
[[noreturn]] void refuse(const HostRows& rows, std::int64_t batchRow, ElementType type,
                         std::int64_t classes) {
  const bool label = type == ElementType::Integer;
  const std::int64_t row = rowAt(rows, batchRow);
  const T* values = static_cast<const T*>(rows.data) + row * rows.rowElements;
  const auto fits = [&](T value) {
    const auto number = static_cast<double>(value);
    return label ? isLabel(number, classes) : std::isfinite(number);
  };
  std::int64_t at = 0;
  while (at + 1 < rows.rowElements && fits(values[at])) ++at;
  std::ostringstream message;
  message << "row " << sourceRow(rows, row) << ", element " << at << " is " << +values[at]
          << "; expected ";
  if (!label) {
    message << "a finite number";
  } else if (classes > 0) {
    message << "a class from 0 to " << classes - 1;
  } else {
    message << "a whole number";
  }
  throw Error(ErrorCode::Data, rows.name, message.str());
}

}  // namespace

std::size_t bytesOf(HostType type) { return type == HostType::Uint8 ? 1 : 4; }

void requireRows(const HostRows& rows, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    if (rowAt(rows, i) < 0 || rowAt(rows, i) >= rows.rows) {
      throw Error(ErrorCode::Data, rows.name,
                  "row " + std::to_string(rowAt(rows, i)) + " was asked for, and there are " +
                      std::to_string(rows.rows));
    }
  }
}

void refuseRow(const HostRows& rows, std::int64_t batchRow, ElementType type,
               std::int64_t classes) {
  switch (rows.type) {
    case HostType::Float32:
      refuse<float>(rows, batchRow, type, classes);
    case HostType::Int32:
      refuse<std::int32_t>(rows, batchRow, type, classes);
    case HostType::Uint8:
      refuse<std::uint8_t>(rows, batchRow, type, classes);
  }
  throw Error(ErrorCode::Internal, rows.name, "an unknown host type");
}

}  // namespace node_cudnn
