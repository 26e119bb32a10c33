// Mean squared and mean absolute error over the last axis.
#pragma once

#include "rows.h"

namespace node_cudnn::cudnn {

void launchMeanSquaredError(cudaStream_t stream, const RowShape& shape,
                            const LossOperands& operands);
void launchMeanAbsoluteError(cudaStream_t stream, const RowShape& shape,
                             const LossOperands& operands);

}  // namespace node_cudnn::cudnn
