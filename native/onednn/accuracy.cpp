// Accuracies: the share of rows (or values) whose prediction agrees with the target.
#include "losses.h"

namespace node_cudnn::onednn {

namespace {

std::int64_t classOf(const RowTarget& target, std::int64_t classes) {
  return target.label != nullptr ? *target.label : argmax(target.dense, classes);
}

double agrees(const float* prediction, const RowTarget& target, std::int64_t classes) {
  return argmax(prediction, classes) == classOf(target, classes) ? 1.0 : 0.0;
}

void lowerCategorical(Lowering& lowering, const Op& op) { lowerMetric(lowering, op, agrees); }

void lowerBinary(Lowering& lowering, const Op& op) {
  const auto threshold = static_cast<float>(op.attributes.number("threshold", 0.5));
  lowerMetric(lowering, op,
              [=](const float* prediction, const RowTarget& target, std::int64_t classes) {
                std::int64_t right = 0;
                for (std::int64_t c = 0; c < classes; ++c) {
                  right += (prediction[c] > threshold ? 1.0F : 0.0F) == target.at(c) ? 1 : 0;
                }
                return static_cast<double>(right) / static_cast<double>(classes);
              });
}

// Right when fewer than k classes are predicted strictly above the true one.
void lowerTopK(Lowering& lowering, const Op& op) {
  const std::int64_t k = op.attributes.integer("k", 5);
  lowerMetric(
      lowering, op, [=](const float* prediction, const RowTarget& target, std::int64_t classes) {
        const float own = prediction[classOf(target, classes)];
        const auto above =
            std::count_if(prediction, prediction + classes, [own](float p) { return p > own; });
        return above < k ? 1.0 : 0.0;
      });
}

const RegisteredLowering sparse{"sparseCategoricalAccuracy", lowerCategorical};
const RegisteredLowering categorical{"categoricalAccuracy", lowerCategorical};
const RegisteredLowering binary{"binaryAccuracy", lowerBinary};
const RegisteredLowering topK{"topKCategoricalAccuracy", lowerTopK};

}  // namespace

}  // namespace node_cudnn::onednn
