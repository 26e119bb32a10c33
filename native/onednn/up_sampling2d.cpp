// Nearest-neighbour upsampling by whole factors.
#include "image_layout.h"

namespace node_cudnn::onednn {

namespace {

constexpr auto kAlgorithm = dnnl::algorithm::resampling_nearest;

dnnl::resampling_forward::primitive_desc forwardDescriptor(const Lowering& lowering,
                                                           const CpuLayout& x, const CpuLayout& y) {
  return {{dnnl::prop_kind::forward_training, kAlgorithm, x.desc(), y.desc()},
          Lowering::plannedScratchpad(),
          lowering.engine()};
}

void lowerForward(Lowering& lowering, const Op& op) {
  const CpuLayout source = imageLayout(lowering, op.inputs[0]);
  const CpuLayout result =
      blockedImage(View::activation(lowering.shape(op.outputs[0])), channelBlock(source));
  const auto descriptor = forwardDescriptor(lowering, source, result);
  const BufferId x = lowering.as(op.inputs[0], source);
  const BufferId y = lowering.produce(op.outputs[0], result);
  lowering.emitPrimitive(dnnl::resampling_forward(descriptor), descriptor,
                         {{DNNL_ARG_SRC, x, source.desc()}}, {{DNNL_ARG_DST, y, result.desc()}}, {},
                         Work::Elementwise);
}

void lowerBackward(Lowering& lowering, const Op& op) {
  const CpuLayout source = imageLayout(lowering, op.inputs[0]);
  const CpuLayout result =
      blockedImage(View::activation(lowering.shape(op.outputs[0])), channelBlock(source));
  const dnnl::resampling_backward::primitive_desc descriptor(
      {kAlgorithm, result.desc(), source.desc()}, Lowering::plannedScratchpad(), lowering.engine(),
      forwardDescriptor(lowering, result, source));
  const BufferId dy = lowering.as(op.inputs[0], source);
  const BufferId dx = lowering.produce(op.outputs[0], result);
  lowering.emitPrimitive(dnnl::resampling_backward(descriptor), descriptor,
                         {{DNNL_ARG_DIFF_DST, dy, source.desc()}},
                         {{DNNL_ARG_DIFF_SRC, dx, result.desc()}}, {}, Work::Elementwise);
}

const RegisteredLowering forward{"upSampling2d", lowerForward};
const RegisteredLowering backward{"upSampling2dBackward", lowerBackward};

}  // namespace

}  // namespace node_cudnn::onednn
