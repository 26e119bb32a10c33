// The mean over all positions: average pooling with one window.
#include "pooling2d.h"

namespace node_cudnn::cudnn {

namespace {

void lowerForward(Lowering& lowering, const Op& op) {
  emitAveragePooling(lowering, op,
                     Pooling::global(lowering.shape(op.inputs[0]), lowering.computeType()));
}

void lowerBackward(Lowering& lowering, const Op& op) {
  emitAveragePoolingBackward(
      lowering, op, Pooling::global(lowering.shape(op.outputs[0]), lowering.computeType()));
}

const RegisteredLowering forward{"globalAveragePooling2d", lowerForward};
const RegisteredLowering backward{"globalAveragePooling2dBackward", lowerBackward};

}  // namespace

}  // namespace node_cudnn::cudnn
