#include "error.h"

namespace node_cudnn {

std::string_view toString(ErrorCode code) {
  switch (code) {
    case ErrorCode::Shape:
      return "ERR_SHAPE";
    case ErrorCode::Data:
      return "ERR_DATA";
    case ErrorCode::Option:
      return "ERR_OPTION";
    case ErrorCode::Backend:
      return "ERR_BACKEND";
    case ErrorCode::OutOfMemory:
      return "ERR_OUT_OF_MEMORY";
    case ErrorCode::Format:
      return "ERR_FORMAT";
    case ErrorCode::Disposed:
      return "ERR_DISPOSED";
    case ErrorCode::Busy:
      return "ERR_MODEL_BUSY";
    case ErrorCode::NotFinite:
      return "ERR_NOT_FINITE";
    case ErrorCode::Unsupported:
      return "ERR_UNSUPPORTED";
    case ErrorCode::Internal:
      break;
  }
  return "ERR_INTERNAL";
}

Error::Error(ErrorCode code, std::string place, const std::string& message)
    : std::runtime_error(place.empty() ? message : place + ": " + message),
      code_(code),
      place_(std::move(place)) {}

}  // namespace node_cudnn
