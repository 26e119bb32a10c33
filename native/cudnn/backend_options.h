// The cuda backend's options as a program's specification names them.
#pragma once

#include <cstddef>
#include <string>

#include "core/attributes.h"
#include "planner.h"

namespace node_cudnn::cudnn {

struct BackendOptions {
  int device = 0;               // "device": as CUDA counts, after CUDA_VISIBLE_DEVICES
  std::string properties;       // "deviceProperties": make plans only, for this device
  std::size_t memoryLimit = 0;  // "memoryLimit": bytes; 0: none
  // "precision", "workspaceLimit" (bytes), "autotune" (candidates), "planCache" (folder)
  PlannerOptions planner;

  // Throws Error(Option) naming the option, what was found and what is expected.
  explicit BackendOptions(const Attributes& options);
};

}  // namespace node_cudnn::cudnn
