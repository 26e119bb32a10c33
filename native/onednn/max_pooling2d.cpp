// Max pooling; the argmax that the backward op reads is oneDNN's workspace.
#include "core/error.h"
#include "pooling2d.h"

namespace node_cudnn::onednn {

namespace {

constexpr auto kAlgorithm = dnnl::algorithm::pooling_max;
using Forward = dnnl::pooling_forward::primitive_desc;

void lowerForward(Lowering& lowering, const Op& op) {
  const Pooling pooling =
      Pooling::from(op, lowering.shape(op.inputs[0]), lowering.shape(op.outputs[0]));
  const TensorId argmax = op.outputs.size() > 1 ? op.outputs[1] : kNoTensor;
  const CpuLayout source = imageLayout(lowering, op.inputs[0]);
  const Forward descriptor = pooling.forward(
      lowering, kAlgorithm,
      argmax == kNoTensor ? dnnl::prop_kind::forward_inference : dnnl::prop_kind::forward_training,
      source.desc());
  const BufferId x = lowering.as(op.inputs[0], source);
  const BufferId y = lowering.produce(op.outputs[0], {pooling.y, descriptor.dst_desc()});
  const dnnl::memory::desc workspace = descriptor.workspace_desc();
  const BufferId positions =
      lowering.produce(argmax, CpuLayout::raw(workspace.get_size(), "argmax"));
  if (argmax != kNoTensor) lowering.remember(argmax, descriptor);
  lowering.emitPrimitive(
      dnnl::pooling_forward(descriptor), descriptor, {{DNNL_ARG_SRC, x, descriptor.src_desc()}},
      {{DNNL_ARG_DST, y, descriptor.dst_desc()}, {DNNL_ARG_WORKSPACE, positions, workspace}});
}

void lowerBackward(Lowering& lowering, const Op& op) {
  const Pooling pooling =
      Pooling::from(op, op.attributes.integers("inputShape"), lowering.shape(op.inputs[0]));
  const auto* forward = lowering.recall<Forward>(op.inputs[1]);
  if (forward == nullptr) {
    throw Error(ErrorCode::Unsupported, op.place(),
                "its argmax does not come from a max pooling of the same graph");
  }
  emitPoolingBackward(lowering, op, pooling, kAlgorithm, *forward, lowering.own(op.inputs[1]));
}

const RegisteredLowering forward{"maxPooling2d", lowerForward};
const RegisteredLowering backward{"maxPooling2dBackward", lowerBackward};

}  // namespace

}  // namespace node_cudnn::onednn
