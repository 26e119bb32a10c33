// How much memory the host has left, and arrays of it that are refused instead of ending the
// process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace node_cudnn {

// Bytes that this process may still use: the smallest of what the machine, its control group and
// its own limits leave.
std::size_t freeHostMemory();

// Throws OutOfMemory naming `purpose`, what is wanted and what is free.
[[noreturn]] void refuseHostMemory(std::size_t bytes, std::size_t free, std::string_view purpose);

// Throws as refuseHostMemory() when fewer bytes are free. Small amounts are not looked up.
void requireHostMemory(std::size_t bytes, std::string_view purpose);

// `count` zeros. Throws as requireHostMemory().
std::vector<float> hostFloats(std::int64_t count, std::string_view purpose);

}  // namespace node_cudnn
