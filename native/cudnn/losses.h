// What losses and metrics share: their shapes, operands and commands.
#pragma once

#include <functional>

#include "kernels/rows.h"
#include "lowering.h"

namespace node_cudnn::cudnn {

// Emits a loss op's command.
void lowerLoss(Lowering& lowering, const Op& op, LossLaunch launch);

using MetricLaunch = std::function<void(cudaStream_t, const RowShape&, const RowOperands&)>;
// Emits a metric op's command.
void lowerMetric(Lowering& lowering, const Op& op, MetricLaunch launch);

}  // namespace node_cudnn::cudnn
