// The largest error allowed in single precision, relative to the largest value of the tensor.
// One unit in the last place is 6e-8.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>

#include "device_precision.h"

namespace node_cudnn::test {

struct Tolerance {
  std::string_view op;
  double relative;
  std::string_view reason;
};

inline constexpr Tolerance kTolerances[] = {
    {"conv2d", 2e-6, "sums of up to 400 products, in another order"},
    {"winograd", 2e-5, "transforms with factors up to 8 cancel; sums of 1,152 to 2,496 products"},
    {"dense", 2e-6, "sums of up to 40 products, in another order"},
    {"maxPooling2d", 5e-7, "values are copied; gradients of up to 9 windows are summed"},
    {"averagePooling2d", 5e-7, "sums of up to 12 values"},
    {"globalAveragePooling2d", 5e-7, "sums of up to 15 values"},
    {"localResponseNormalization", 3e-6, "a power, taken by exp and log in single precision"},
    {"foldBatchNormalization", 5e-6,
     "the scale of a small variance multiplies the kernel's rounding"},
    {"batchNormalization", 5e-6, "differences from the mean lose leading digits"},
    {"activation", 2e-6, "exp and tanh by polynomials; softplus's derivative from the output"},
    {"softmax", 2e-6, "exp by a polynomial; dy - sum loses leading digits"},
    {"dropout", 2e-7, "one multiplication"},
    {"rescaling", 2e-7, "a multiplication and an addition"},
    {"reshape", 0, "values are copied"},
    {"concatenate", 0, "values are copied"},
    {"permute", 0, "values are copied"},
    {"upSampling2d", 5e-7, "values are copied; gradients of up to 12 pixels are summed"},
    {"add", 3e-7, "up to three values"},
    {"graph", 1e-5, "errors of several ops in a row"},
    {"loss", 2e-6, "exp and log by polynomials, sums over a batch"},
    {"training", 1e-4, "five steps, each from the rounded weights of the last"},
    {"optimizer", 2e-6, "a root and a division in each of several steps"},
    {"norm", 1e-6, "sums of squares of single-precision values"},
};

inline double toleranceOf(std::string_view op) {
  for (const Tolerance& row : kTolerances) {
    if (row.op == op) return std::max(row.relative, roundingOfOperands());
  }
  throw std::invalid_argument("no tolerance for " + std::string(op));
}

}  // namespace node_cudnn::test
