// cuDNN's handle, bound to one stream.
#pragma once

#include <cudnn.h>

#include "stream.h"

namespace node_cudnn::cudnn {

class Handle {
 public:
  // Of the current device. Throws Error(Backend) with cuDNN's reason.
  explicit Handle(Stream& stream);
  ~Handle();
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  cudnnHandle_t get() const { return handle_; }

 private:
  cudnnHandle_t handle_ = nullptr;
};

}  // namespace node_cudnn::cudnn
