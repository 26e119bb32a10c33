// What the host staged, converted into an input of the graph; y = scale x + offset.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

#include "../data_type.h"
#include "../step_parameters.h"

namespace node_cudnn::cudnn {

struct Rescaling {
  float scale = 1;
  float offset = 0;
};

// Reads parameters->sources[source], whose host type only the device knows. to: Float32, BFloat16
// or Int32 (which is not rescaled).
void launchFeed(cudaStream_t stream, const StepParameters* parameters, int source, void* to,
                DataType type, std::int64_t count, const Rescaling& rescaling);

// from and to: both of this type, Float32 or BFloat16; may be the same.
void launchRescaling(cudaStream_t stream, const void* from, void* to, DataType type,
                     std::int64_t count, const Rescaling& rescaling);

}  // namespace node_cudnn::cudnn
