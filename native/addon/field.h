// A JavaScript value and the path that leads to it ("spec.inputs[0].shape"), for reading options
// with errors that say where the wrong one stands. Only types are checked here.
#pragma once

#include <napi.h>

#include <cstdint>
#include <string>
#include <vector>

#include "core/error.h"

namespace node_cudnn {

class Field {
 public:
  Field(Napi::Value value, std::string path) : value_(value), path_(std::move(path)) {}

  // A property; the field itself must be an object. Absent properties are undefined.
  Field operator[](const char* name) const;
  Field operator[](const std::string& name) const { return (*this)[name.c_str()]; }

  // The elements of an array, at most 2^20.
  std::vector<Field> elements() const;
  std::vector<std::string> propertyNames() const;

  bool isAbsent() const { return value_.IsUndefined() || value_.IsNull(); }
  bool isArray() const { return value_.IsArray(); }
  bool boolean() const;
  double number() const;
  // A number that is neither NaN nor infinite.
  double finite() const;
  // A whole number that a double holds exactly.
  std::int64_t integer() const;
  std::string text() const;
  std::vector<std::int64_t> integers() const;

  Napi::Value value() const { return value_; }
  const std::string& path() const { return path_; }

  // Error(code) "<path>: expected <expected>, got <what it is>".
  Error mismatch(const std::string& expected, ErrorCode code = ErrorCode::Option) const;

 private:
  Napi::Value value_;
  std::string path_;
};

// "a string", "an array", "Float32Array" and so on, for error messages.
std::string describe(const Napi::Value& value);

}  // namespace node_cudnn
