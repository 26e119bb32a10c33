// Mean squared and mean absolute error over the last axis.
#include <cmath>

#include "losses.h"

namespace node_cudnn::onednn {

namespace {

double squaredRow(const float* y, const RowTarget& target, float* gradient, float factor,
                  std::int64_t classes) {
  const double share = 1.0 / static_cast<double>(classes);
  double loss = 0;
  for (std::int64_t c = 0; c < classes; ++c) {
    const double error = static_cast<double>(y[c]) - target.at(c);
    loss += error * error;
    if (gradient != nullptr) gradient[c] = static_cast<float>(2 * factor * share * error);
  }
  return loss * share;
}

double absoluteRow(const float* y, const RowTarget& target, float* gradient, float factor,
                   std::int64_t classes) {
  const double share = 1.0 / static_cast<double>(classes);
  double loss = 0;
  for (std::int64_t c = 0; c < classes; ++c) {
    const double error = static_cast<double>(y[c]) - target.at(c);
    const double sign = error > 0 ? 1.0 : error < 0 ? -1.0 : 0.0;
    loss += std::abs(error);
    if (gradient != nullptr) gradient[c] = static_cast<float>(factor * share * sign);
  }
  return loss * share;
}

const RegisteredLowering squared{"meanSquaredError", [](Lowering& lowering, const Op& op) {
                                   lowerLoss(lowering, op, squaredRow);
                                 }};
const RegisteredLowering absolute{"meanAbsoluteError", [](Lowering& lowering, const Op& op) {
                                    lowerLoss(lowering, op, absoluteRow);
                                  }};

}  // namespace

}  // namespace node_cudnn::onednn
