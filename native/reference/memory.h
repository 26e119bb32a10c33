// Zero-filled, aligned host memory that is refused when the machine does not have it.
#pragma once

#include <memory>
#include <string_view>

#include "core/backend.h"

namespace node_cudnn::reference {

// Throws Error(OutOfMemory) naming `purpose`, the bytes wanted and the bytes available.
std::unique_ptr<Memory> allocateHost(std::size_t bytes, std::string_view purpose);

}  // namespace node_cudnn::reference
