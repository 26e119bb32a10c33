// Between plain float32 values of the host and the bytes of a layout.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "layout.h"

namespace node_cudnn::cudnn {

// Throws Error(Internal) when the layout has no such number of elements, or no readable ones.
void requireElements(const CudaLayout& layout, std::size_t count);

// bfloat16 is rounded to the nearest, ties to even.
std::vector<std::byte> toLayout(const CudaLayout& layout, std::span<const float> values);
void fromLayout(const CudaLayout& layout, std::span<const std::byte> bytes,
                std::span<float> values);

}  // namespace node_cudnn::cudnn
