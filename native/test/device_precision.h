// How tests on a device compute, told by the environment: NODE_CUDNN_TEST_PRECISION is 'float32'
// (the default), 'tf32' or 'bf16'; NODE_CUDNN_TEST_PLAN_CACHE a folder for plans (default: none).
#pragma once

#include <cstdlib>
#include <string>

namespace node_cudnn::test {

inline std::string environmentText(const char* name, const char* fallback) {
  const char* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? fallback : value;
}

inline std::string devicePrecision() {
  return environmentText("NODE_CUDNN_TEST_PRECISION", "float32");
}

inline std::string planCacheFolder() { return environmentText("NODE_CUDNN_TEST_PLAN_CACHE", ""); }

// The largest relative error that rounding the operands of products leaves; 0 for float32.
inline double roundingOfOperands() {
  const std::string precision = devicePrecision();
  if (precision == "bf16") return 4e-2;  // 8 bits of mantissa, in every tensor between ops
  if (precision == "tf32") return 4e-3;  // 11 bits
  return 0;
}

}  // namespace node_cudnn::test
