#include "feed.h"

#include <cmath>
#include <sstream>
#include <string>

#include "core/error.h"

namespace node_cudnn::reference {

namespace {

double hostValue(const HostRows& rows, std::int64_t index) {
  switch (rows.type) {
    case HostType::Int32:
      return static_cast<const std::int32_t*>(rows.data)[index];
    case HostType::Uint8:
      return static_cast<const std::uint8_t*>(rows.data)[index];
    case HostType::Float32:
      break;
  }
  return static_cast<const float*>(rows.data)[index];
}

[[noreturn]] void refuse(const HostRows& rows, std::int64_t row, std::int64_t element, double value,
                         const std::string& expected) {
  std::ostringstream message;
  message << "row " << row << ", element " << element << ": expected " << expected << ", got "
          << value;
  throw Error(ErrorCode::Data, rows.name, message.str());
}

std::int32_t label(const HostRows& rows, std::int64_t row, std::int64_t element, double value,
                   std::int64_t classes) {
  const bool whole = std::isfinite(value) && value == std::floor(value);
  if (classes > 0 && (!whole || value < 0 || value >= static_cast<double>(classes))) {
    refuse(rows, row, element, value, "a class label from 0 to " + std::to_string(classes - 1));
  }
  if (!whole || std::fabs(value) > 2147483647.0) {
    refuse(rows, row, element, value, "a whole number");
  }
  return static_cast<std::int32_t>(value);
}

std::int64_t sourceRow(const HostRows& rows, std::int64_t position) {
  const std::int64_t row = rows.indices == nullptr ? rows.first + position : rows.indices[position];
  if (row < 0 || row >= rows.rows) {
    throw Error(ErrorCode::Data, rows.name,
                "row " + std::to_string(row) + " was asked for, but there are " +
                    std::to_string(rows.rows));
  }
  return row;
}

}  // namespace

void gatherRows(const HostRows& rows, std::int64_t count, ElementType type, std::int64_t classes,
                void* to) {
  for (std::int64_t position = 0; position < count; ++position) {
    const std::int64_t row = sourceRow(rows, position);
    for (std::int64_t element = 0; element < rows.rowElements; ++element) {
      const double value = hostValue(rows, row * rows.rowElements + element);
      const std::int64_t target = position * rows.rowElements + element;
      if (type == ElementType::Integer) {
        static_cast<std::int32_t*>(to)[target] = label(rows, row, element, value, classes);
      } else {
        if (!std::isfinite(value)) refuse(rows, row, element, value, "a finite number");
        static_cast<double*>(to)[target] = value;
      }
    }
  }
}

}  // namespace node_cudnn::reference
