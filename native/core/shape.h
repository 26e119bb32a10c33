// Shapes are row-major and channels-last ([N,H,W,C]); the first axis of an activation is the batch.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace node_cudnn {

using Shape = std::vector<std::int64_t>;

// What every backend's library counts without overflow: of axes in 32 bits, of bytes in 64.
inline constexpr std::size_t kMostAxes = 12;
inline constexpr std::int64_t kLongestAxis = std::int64_t{1} << 30;
inline constexpr std::int64_t kMostElements = std::int64_t{1} << 40;

// Product of the axes; 1 for a scalar. Throws Error(Shape) for a negative axis or one above
// kLongestAxis, Error(OutOfMemory) above kMostElements.
std::int64_t elementCount(const Shape& shape);

// "[32,227,227,3]"
std::string toString(const Shape& shape);

}  // namespace node_cudnn
