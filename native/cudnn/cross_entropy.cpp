// Cross-entropies of logits, and of probabilities with Keras's clipping.
#include "kernels/cross_entropy.h"

#include "losses.h"

namespace node_cudnn::cudnn {

namespace {

const RegisteredLowering softmax{"softmaxCrossEntropy", [](Lowering& lowering, const Op& op) {
                                   lowerLoss(lowering, op, launchSoftmaxCrossEntropy);
                                 }};
const RegisteredLowering sigmoid{"sigmoidCrossEntropy", [](Lowering& lowering, const Op& op) {
                                   lowerLoss(lowering, op, launchSigmoidCrossEntropy);
                                 }};
const RegisteredLowering categorical{"categoricalCrossentropy",
                                     [](Lowering& lowering, const Op& op) {
                                       lowerLoss(lowering, op, launchCategoricalCrossentropy);
                                     }};
const RegisteredLowering binary{"binaryCrossentropy", [](Lowering& lowering, const Op& op) {
                                  lowerLoss(lowering, op, launchBinaryCrossentropy);
                                }};

}  // namespace

}  // namespace node_cudnn::cudnn
