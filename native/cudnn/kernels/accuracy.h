// Accuracies: each adds {sum of w m, sum of w}, m being the share of a sample that is right.
#pragma once

#include "rows.h"

namespace node_cudnn::cudnn {

// The highest prediction is the target's class.
void launchCategoricalAccuracy(cudaStream_t stream, const RowShape& shape, const RowOperands& rows);
// The share of predictions that lie on the target's side of the threshold.
void launchBinaryAccuracy(cudaStream_t stream, const RowShape& shape, const RowOperands& rows,
                          float threshold);
// Fewer than k classes are predicted strictly above the target's.
void launchTopKAccuracy(cudaStream_t stream, const RowShape& shape, const RowOperands& rows,
                        std::int64_t k);

}  // namespace node_cudnn::cudnn
