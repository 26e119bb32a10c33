// Average pooling over windows; padding is left out of the mean.
#include "pooling2d.h"

namespace node_cudnn::cudnn {

namespace {

void lowerForward(Lowering& lowering, const Op& op) {
  const Shape& x = lowering.shape(op.inputs[0]);
  const Shape& y = lowering.shape(op.outputs[0]);
  emitAveragePooling(
      lowering, op,
      Pooling::from(op, x, y, PoolingMode::AverageExcludingPadding, lowering.computeType()));
}

void lowerBackward(Lowering& lowering, const Op& op) {
  const Shape& x = lowering.shape(op.outputs[0]);
  const Shape& y = lowering.shape(op.inputs[0]);
  emitAveragePoolingBackward(
      lowering, op,
      Pooling::from(op, x, y, PoolingMode::AverageExcludingPadding, lowering.computeType()));
}

const RegisteredLowering forward{"averagePooling2d", lowerForward};
const RegisteredLowering backward{"averagePooling2dBackward", lowerBackward};

}  // namespace

}  // namespace node_cudnn::cudnn
