// The one error type of the native side. Its code becomes `error.code` in JavaScript.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

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

}  // namespace node_cudnn
