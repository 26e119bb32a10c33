// Average pooling over windows (padding is left out of the mean) and over all positions.
#include "pooling2d.h"

namespace node_cudnn::onednn {

namespace {

constexpr auto kAlgorithm = dnnl::algorithm::pooling_avg_exclude_padding;

dnnl::prop_kind propagation(const Lowering& lowering) {
  return lowering.training() ? dnnl::prop_kind::forward_training
                             : dnnl::prop_kind::forward_inference;
}

void lowerForward(Lowering& lowering, const Op& op) {
  const Pooling pooling =
      Pooling::from(op, lowering.shape(op.inputs[0]), lowering.shape(op.outputs[0]));
  const CpuLayout source = imageLayout(lowering, op.inputs[0]);
  const auto descriptor =
      pooling.forward(lowering, kAlgorithm, propagation(lowering), source.desc());
  const BufferId x = lowering.as(op.inputs[0], source);
  const BufferId y = lowering.produce(op.outputs[0], {pooling.y, descriptor.dst_desc()});
  lowering.emitPrimitive(dnnl::pooling_forward(descriptor), descriptor,
                         {{DNNL_ARG_SRC, x, descriptor.src_desc()}},
                         {{DNNL_ARG_DST, y, descriptor.dst_desc()}});
}

void lowerBackward(Lowering& lowering, const Op& op) {
  const Pooling pooling =
      Pooling::from(op, op.attributes.integers("inputShape"), lowering.shape(op.inputs[0]));
  // The gradient's own format decides: it comes from whatever followed the pooling.
  const std::int64_t block = vectorBlock(lowering.layoutOf(op.inputs[0]));
  const auto forward = pooling.forward(lowering, kAlgorithm, dnnl::prop_kind::forward_training,
                                       blockedImage(pooling.x, block).desc());
  emitPoolingBackward(lowering, op, pooling, kAlgorithm, forward, -1);
}

// Whether the 1x1 images of this format lie in memory as rows of channels do.
bool fillsItsBlocks(const CpuLayout& layout) {
  const std::int64_t block = channelBlock(layout);
  return layout.isPlain() || (block > 0 && layout.view().dims[1] % block == 0);
}

void lowerGlobal(Lowering& lowering, const Op& op) {
  const Pooling pooling = Pooling::global(lowering.shape(op.inputs[0]));
  const CpuLayout source = imageLayout(lowering, op.inputs[0]);
  const auto descriptor =
      pooling.forward(lowering, kAlgorithm, propagation(lowering), source.desc());
  const BufferId x = lowering.as(op.inputs[0], source);
  // The result is of rank 2, which no op expects in a format of images.
  const CpuLayout pooled(pooling.y, descriptor.dst_desc());
  const CpuLayout rows = CpuLayout::plain(lowering.shape(op.outputs[0]), ElementType::Float);
  const bool alike = fillsItsBlocks(pooled);
  const BufferId y =
      alike ? lowering.producePlain(op.outputs[0]) : lowering.temporary("pooled", pooled);
  lowering.emitPrimitive(dnnl::pooling_forward(descriptor), descriptor,
                         {{DNNL_ARG_SRC, x, descriptor.src_desc()}},
                         {{DNNL_ARG_DST, y, descriptor.dst_desc()}});
  if (!alike) {
    lowering.emitReorder(y, pooled.desc(), lowering.producePlain(op.outputs[0]), pooling.y.plain(),
                         pooled.text() + " to " + rows.text());
  }
}

void lowerGlobalBackward(Lowering& lowering, const Op& op) {
  const Pooling pooling = Pooling::global(op.attributes.integers("inputShape"));
  const auto forward = pooling.forward(lowering, kAlgorithm, dnnl::prop_kind::forward_training,
                                       blockedImage(pooling.x, lowering.imageBlock()).desc());
  emitPoolingBackward(lowering, op, pooling, kAlgorithm, forward, -1);
}

const RegisteredLowering globalForward{"globalAveragePooling2d", lowerGlobal};
const RegisteredLowering globalBackward{"globalAveragePooling2dBackward", lowerGlobalBackward};
const RegisteredLowering forward{"averagePooling2d", lowerForward};
const RegisteredLowering backward{"averagePooling2dBackward", lowerBackward};

}  // namespace

}  // namespace node_cudnn::onednn
