#include "feed.h"

#include <cmath>

#include "core/host_rows.h"

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

}  // namespace

void gatherRows(const HostRows& rows, std::int64_t count, ElementType type, std::int64_t classes,
                void* to) {
  requireRows(rows, count);
  for (std::int64_t position = 0; position < count; ++position) {
    const std::int64_t row = rowAt(rows, position);
    for (std::int64_t element = 0; element < rows.rowElements; ++element) {
      const double value = hostValue(rows, row * rows.rowElements + element);
      const std::int64_t target = position * rows.rowElements + element;
      if (type == ElementType::Integer) {
        if (!isLabel(value, classes)) refuseRow(rows, position, type, classes);
        static_cast<std::int32_t*>(to)[target] = static_cast<std::int32_t>(value);
      } else {
        if (!std::isfinite(value)) refuseRow(rows, position, type, classes);
        static_cast<double*>(to)[target] = value;
      }
    }
  }
}

}  // namespace node_cudnn::reference
