// Accuracies: the share of rows (or values) whose prediction agrees with the target.
#include "kernels/accuracy.h"

#include "losses.h"

namespace node_cudnn::cudnn {

namespace {

void lowerCategorical(Lowering& lowering, const Op& op) {
  lowerMetric(lowering, op, launchCategoricalAccuracy);
}

void lowerBinary(Lowering& lowering, const Op& op) {
  const auto threshold = static_cast<float>(op.attributes.number("threshold", 0.5));
  lowerMetric(lowering, op,
              [=](cudaStream_t stream, const RowShape& shape, const RowOperands& rows) {
                launchBinaryAccuracy(stream, shape, rows, threshold);
              });
}

void lowerTopK(Lowering& lowering, const Op& op) {
  const std::int64_t k = op.attributes.integer("k", 5);
  lowerMetric(lowering, op,
              [=](cudaStream_t stream, const RowShape& shape, const RowOperands& rows) {
                launchTopKAccuracy(stream, shape, rows, k);
              });
}

const RegisteredLowering sparse{"sparseCategoricalAccuracy", lowerCategorical};
const RegisteredLowering categorical{"categoricalAccuracy", lowerCategorical};
const RegisteredLowering binary{"binaryAccuracy", lowerBinary};
const RegisteredLowering topK{"topKCategoricalAccuracy", lowerTopK};

}  // namespace

}  // namespace node_cudnn::cudnn
