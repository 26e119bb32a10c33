// Element types on the device, and what a precision makes of the graph's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace node_cudnn::cudnn {

enum class DataType : std::int32_t { Float32, BFloat16, Int8, Int32, Double };

std::size_t bytesOf(DataType type);
// "f32", "bf16", "i8", "i32", "f64"
std::string_view toString(DataType type);

// tf32: float32 in memory, products of rounded operands (10 bits) on tensor cores. float32: no
// rounding of operands. bf16: activations, gradients and copies of the kernels in bfloat16; master
// weights, optimizer state, biases, statistics and losses in float32, sums in float32.
enum class Precision { Tf32, Float32, Bf16 };

// Throws Error(Option) naming the three.
Precision precisionOf(std::string_view text);
std::string_view toString(Precision precision);

}  // namespace node_cudnn::cudnn
