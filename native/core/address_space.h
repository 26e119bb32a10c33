// Room in the address space for what cannot say that it has none: libraries that crash or end the
// process where the system refuses them memory.
#pragma once

#include <cstddef>
#include <string_view>

namespace node_cudnn {

// Throws OutOfMemory naming `purpose` unless so many bytes more could be mapped now.
void requireAddressSpace(std::size_t bytes, std::string_view purpose);

// What a thread takes for its stack.
std::size_t threadStackBytes();

}  // namespace node_cudnn
