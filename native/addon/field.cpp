#include "field.h"

#include <cmath>

namespace node_cudnn {

namespace {

constexpr std::uint32_t kMostArrayElements = 1U << 20;
constexpr std::size_t kMostShown = 80;
constexpr double kLargestExactInteger = 9007199254740991.0;

// For messages: cut between two characters of UTF-8.
std::string shortened(std::string text) {
  if (text.size() <= kMostShown) return text;
  std::size_t end = kMostShown - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "...";
}

std::string describeTypedArray(napi_typedarray_type type) {
  switch (type) {
    case napi_int8_array:
      return "Int8Array";
    case napi_uint8_array:
      return "Uint8Array";
    case napi_uint8_clamped_array:
      return "Uint8ClampedArray";
    case napi_int16_array:
      return "Int16Array";
    case napi_uint16_array:
      return "Uint16Array";
    case napi_int32_array:
      return "Int32Array";
    case napi_uint32_array:
      return "Uint32Array";
    case napi_float32_array:
      return "Float32Array";
    case napi_float64_array:
      return "Float64Array";
    case napi_bigint64_array:
      return "BigInt64Array";
    case napi_biguint64_array:
      return "BigUint64Array";
    default:
      return "a typed array";
  }
}

}  // namespace

std::string describe(const Napi::Value& value) {
  switch (value.Type()) {
    case napi_undefined:
      return "undefined";
    case napi_null:
      return "null";
    case napi_boolean:
      return value.As<Napi::Boolean>().Value() ? "true" : "false";
    case napi_number:
      return value.ToString().Utf8Value();
    case napi_string:
      return "the string '" + shortened(value.As<Napi::String>().Utf8Value()) + "'";
    case napi_symbol:
      return "a symbol";
    case napi_function:
      return "a function";
    case napi_bigint:
      return "a bigint";
    default:
      break;
  }
  if (value.IsTypedArray())
    return describeTypedArray(value.As<Napi::TypedArray>().TypedArrayType());
  return value.IsArray() ? "an array" : "an object";
}

Error Field::mismatch(const std::string& expected, ErrorCode code) const {
  return Error(code, path_, "expected " + expected + ", got " + describe(value_));
}

Field Field::operator[](const char* name) const {
  if (!value_.IsObject()) throw mismatch("an object");
  return Field(value_.As<Napi::Object>().Get(name), path_ + '.' + name);
}

std::vector<Field> Field::elements() const {
  if (!value_.IsArray()) throw mismatch("an array");
  const auto array = value_.As<Napi::Array>();
  const std::uint32_t length = array.Length();
  if (length > kMostArrayElements) {
    throw mismatch("an array of at most " + std::to_string(kMostArrayElements) + " elements");
  }
  std::vector<Field> fields;
  fields.reserve(length);
  for (std::uint32_t i = 0; i < length; ++i) {
    fields.emplace_back(array.Get(i), path_ + '[' + std::to_string(i) + ']');
  }
  return fields;
}

std::vector<std::string> Field::propertyNames() const {
  if (!value_.IsObject()) throw mismatch("an object");
  const Napi::Array names = value_.As<Napi::Object>().GetPropertyNames();
  std::vector<std::string> texts;
  for (std::uint32_t i = 0; i < names.Length(); ++i) {
    texts.push_back(names.Get(i).ToString().Utf8Value());
  }
  return texts;
}

bool Field::boolean() const {
  if (!value_.IsBoolean()) throw mismatch("true or false");
  return value_.As<Napi::Boolean>().Value();
}

double Field::number() const {
  if (!value_.IsNumber()) throw mismatch("a number");
  return value_.As<Napi::Number>().DoubleValue();
}

double Field::finite() const {
  const double value = number();
  if (!std::isfinite(value)) throw mismatch("a finite number");
  return value;
}

std::int64_t Field::integer() const {
  const double value = value_.IsNumber() ? value_.As<Napi::Number>().DoubleValue() : NAN;
  if (!(std::abs(value) <= kLargestExactInteger) || std::floor(value) != value) {
    throw mismatch("a whole number");
  }
  return static_cast<std::int64_t>(value);
}

std::string Field::text() const {
  if (!value_.IsString()) throw mismatch("a string");
  return value_.As<Napi::String>().Utf8Value();
}

std::vector<std::int64_t> Field::integers() const {
  std::vector<std::int64_t> values;
  for (const Field& element : elements()) values.push_back(element.integer());
  return values;
}

}  // namespace node_cudnn
