// Shapes are row-major and channels-last ([N,H,W,C]); the first axis of an activation is the batch.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace node_cudnn {

using Shape = std::vector<std::int64_t>;

// Product of the axes; 1 for a scalar. Throws Error(Shape) when it overflows 2^62.
std::int64_t elementCount(const Shape& shape);

// "[32,227,227,3]"
std::string toString(const Shape& shape);

}  // namespace node_cudnn
