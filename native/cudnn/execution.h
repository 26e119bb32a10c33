// Where a backend's kernels run. All null when plans are made for a device that is not there.
#pragma once

#include <cuda_runtime_api.h>
#include <cudnn.h>

#include "step_parameters.h"

namespace node_cudnn::cudnn {

struct Execution {
  cudaStream_t stream = nullptr;
  cudnnHandle_t handle = nullptr;              // set to that stream
  const StepParameters* parameters = nullptr;  // on the device
};

}  // namespace node_cudnn::cudnn
