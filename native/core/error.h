// The one error type of the native side. Its code becomes `error.code` in JavaScript.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace node_cudnn {

enum class ErrorCode {
  Shape,
  Data,
  Option,
  Backend,
  OutOfMemory,
  Format,
  Disposed,
  Busy,
  NotFinite,
  Unsupported,
  Internal,
};

// "ERR_SHAPE" and so on.
std::string_view toString(ErrorCode code);

class Error : public std::runtime_error {
 public:
  // place: what failed, "conv2d 'conv2'"; message: expected, found and what to do.
  Error(ErrorCode code, std::string place, const std::string& message);

  ErrorCode code() const { return code_; }
  const std::string& place() const { return place_; }

 private:
  ErrorCode code_;
  std::string place_;
};

// Memory of a backend that is not there, in bytes: who catches it may say what would fit.
class OutOfMemory : public Error {
 public:
  OutOfMemory(std::string place, const std::string& message, std::size_t wanted,
              std::size_t available)
      : Error(ErrorCode::OutOfMemory, std::move(place), message),
        wanted_(wanted),
        available_(available) {}

  std::size_t wanted() const { return wanted_; }
  std::size_t available() const { return available_; }

 private:
  std::size_t wanted_;
  std::size_t available_;
};

}  // namespace node_cudnn
