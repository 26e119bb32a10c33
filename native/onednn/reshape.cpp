// Reshape: the row-major values under another shape, without a copy.
#include "lowering.h"

namespace node_cudnn::onednn {

namespace {

void lowerReshape(Lowering& lowering, const Op& op) {
  const TensorId y = op.outputs[0];
  lowering.produceAlias(y, CpuLayout::plain(lowering.shape(y), ElementType::Float),
                        lowering.plain(op.inputs[0]));
}

const RegisteredLowering forward{"reshape", lowerReshape};
const RegisteredLowering backward{"reshapeBackward", lowerReshape};

}  // namespace

}  // namespace node_cudnn::onednn
