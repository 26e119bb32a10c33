// Softmax over the last axis.
#include "lowering.h"

namespace node_cudnn::onednn {

namespace {

constexpr int kClassAxis = 1;

void lowerForward(Lowering& lowering, const Op& op) {
  const View rows = View::rows(lowering.shape(op.inputs[0]));
  const dnnl::softmax_forward::primitive_desc descriptor(
      {dnnl::prop_kind::forward_training, rows.plain(), kClassAxis}, Lowering::plannedScratchpad(),
      lowering.engine());
  const BufferId x = lowering.plain(op.inputs[0]);
  const BufferId y = lowering.producePlain(op.outputs[0]);
  lowering.emitPrimitive(dnnl::softmax_forward(descriptor), descriptor,
                         {{DNNL_ARG_SRC, x, rows.plain()}}, {{DNNL_ARG_DST, y, rows.plain()}},
                         {{y, x}});
}

void lowerBackward(Lowering& lowering, const Op& op) {
  const View rows = View::rows(lowering.shape(op.inputs[0]));
  const dnnl::softmax_forward::primitive_desc forward(
      {dnnl::prop_kind::forward_training, rows.plain(), kClassAxis}, lowering.engine());
  const dnnl::softmax_backward::primitive_desc descriptor({rows.plain(), rows.plain(), kClassAxis},
                                                          Lowering::plannedScratchpad(),
                                                          lowering.engine(), forward);
  const BufferId dy = lowering.plain(op.inputs[0]);
  const BufferId y = lowering.plain(op.inputs[1]);
  const BufferId dx = lowering.producePlain(op.outputs[0]);
  lowering.emitPrimitive(dnnl::softmax_backward(descriptor), descriptor,
                         {{DNNL_ARG_DIFF_DST, dy, rows.plain()}, {DNNL_ARG_DST, y, rows.plain()}},
                         {{DNNL_ARG_DIFF_SRC, dx, rows.plain()}});
}

const RegisteredLowering forward{"softmax", lowerForward};
const RegisteredLowering backward{"softmaxBackward", lowerBackward};

}  // namespace

}  // namespace node_cudnn::onednn
