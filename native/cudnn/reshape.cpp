// Reshape: the row-major values under another shape, without a copy.
#include "lowering.h"

namespace node_cudnn::cudnn {

namespace {

void lowerReshape(Lowering& lowering, const Op& op) {
  const TensorId y = op.outputs[0];
  const DataType type = lowering.typeOf(op.inputs[0]);
  lowering.produceAlias(y, CudaLayout::plain(lowering.shape(y), type), lowering.own(op.inputs[0]));
}

const RegisteredLowering forward{"reshape", lowerReshape};
const RegisteredLowering backward{"reshapeBackward", lowerReshape};

}  // namespace

}  // namespace node_cudnn::cudnn
