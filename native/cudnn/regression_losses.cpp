// Mean squared and mean absolute error over the last axis.
#include "kernels/regression_losses.h"

#include "losses.h"

namespace node_cudnn::cudnn {

namespace {

const RegisteredLowering squared{"meanSquaredError", [](Lowering& lowering, const Op& op) {
                                   lowerLoss(lowering, op, launchMeanSquaredError);
                                 }};
const RegisteredLowering absolute{"meanAbsoluteError", [](Lowering& lowering, const Op& op) {
                                    lowerLoss(lowering, op, launchMeanAbsoluteError);
                                  }};

}  // namespace

}  // namespace node_cudnn::cudnn
