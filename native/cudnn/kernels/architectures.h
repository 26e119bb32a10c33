// The compute capabilities that this library's kernels were compiled for.
#pragma once

#include <span>

namespace node_cudnn::cudnn {

// Ascending, as 90 for 9.0. The kernels of the last can be compiled anew for later devices.
std::span<const int> builtArchitectures();

}  // namespace node_cudnn::cudnn
