// Host memory for weights and arenas: aligned, zero-filled, refused when the machine has too
// little.
#pragma once

#include <memory>
#include <string_view>

#include "core/backend.h"

namespace node_cudnn::onednn {

// Throws OutOfMemory naming `purpose`, what is wanted and what is free.
std::unique_ptr<Memory> allocateHostMemory(std::size_t bytes, std::string_view purpose);

}  // namespace node_cudnn::onednn
