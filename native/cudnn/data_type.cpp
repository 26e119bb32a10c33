#include "data_type.h"

#include <string>

#include "core/error.h"

namespace node_cudnn::cudnn {

std::size_t bytesOf(DataType type) {
  switch (type) {
    case DataType::Float32:
    case DataType::Int32:
      return 4;
    case DataType::BFloat16:
      return 2;
    case DataType::Int8:
      return 1;
    case DataType::Double:
      break;
  }
  return 8;
}

std::string_view toString(DataType type) {
  switch (type) {
    case DataType::Float32:
      return "f32";
    case DataType::BFloat16:
      return "bf16";
    case DataType::Int8:
      return "i8";
    case DataType::Int32:
      return "i32";
    case DataType::Double:
      break;
  }
  return "f64";
}

Precision precisionOf(std::string_view text) {
  for (const Precision precision : {Precision::Tf32, Precision::Float32, Precision::Bf16}) {
    if (text == toString(precision)) return precision;
  }
  throw Error(ErrorCode::Option, "option 'precision'",
              "found '" + std::string(text) + "', expected 'tf32', 'float32' or 'bf16'");
}

std::string_view toString(Precision precision) {
  switch (precision) {
    case Precision::Tf32:
      return "tf32";
    case Precision::Float32:
      return "float32";
    case Precision::Bf16:
      break;
  }
  return "bf16";
}

}  // namespace node_cudnn::cudnn
