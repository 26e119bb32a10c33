// Cross-entropies of logits, and of probabilities with Keras's clipping to [1e-7, 1 - 1e-7].
#pragma once

#include "rows.h"

namespace node_cudnn::cudnn {

void launchSoftmaxCrossEntropy(cudaStream_t stream, const RowShape& shape,
                               const LossOperands& operands);
void launchSigmoidCrossEntropy(cudaStream_t stream, const RowShape& shape,
                               const LossOperands& operands);
void launchCategoricalCrossentropy(cudaStream_t stream, const RowShape& shape,
                                   const LossOperands& operands);
void launchBinaryCrossentropy(cudaStream_t stream, const RowShape& shape,
                              const LossOperands& operands);

}  // namespace node_cudnn::cudnn
