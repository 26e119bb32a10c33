// Collects doubles from several places of device memory into one row.
#pragma once

#include <cuda_runtime_api.h>

#include <span>

#include "core/backend.h"

namespace node_cudnn::cudnn {

// to: device memory for all of `watched`, in order. More than 128 places take several launches.
void launchGatherDoubles(cudaStream_t stream, std::span<const Watched> watched, double* to);

}  // namespace node_cudnn::cudnn
