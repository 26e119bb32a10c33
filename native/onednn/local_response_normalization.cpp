// Local response normalization across channels.
#include "image_layout.h"

namespace node_cudnn::onednn {

namespace {

constexpr auto kAlgorithm = dnnl::algorithm::lrn_across_channels;
using Forward = dnnl::lrn_forward::primitive_desc;

struct Window {
  std::int64_t size;
  float alpha;  // oneDNN divides it by the window's size
  float beta;
  float bias;

  explicit Window(const Attributes& attributes)
      : size(2 * attributes.integer("depthRadius") + 1),
        alpha(static_cast<float>(attributes.number("alpha") * static_cast<double>(size))),
        beta(static_cast<float>(attributes.number("beta"))),
        bias(static_cast<float>(attributes.number("bias"))) {}

  Forward forward(const Lowering& lowering, dnnl::prop_kind kind,
                  const dnnl::memory::desc& x) const {
    return {{kind, kAlgorithm, x, size, alpha, beta, bias},
            Lowering::plannedScratchpad(),
            lowering.engine()};
  }
};

void lowerForward(Lowering& lowering, const Op& op) {
  const Window window(op.attributes);
  const TensorId workspace = op.outputs.size() > 1 ? op.outputs[1] : kNoTensor;
  const CpuLayout layout = imageLayout(lowering, op.inputs[0]);
  const Forward descriptor =
      window.forward(lowering,
                     workspace == kNoTensor ? dnnl::prop_kind::forward_inference
                                            : dnnl::prop_kind::forward_training,
                     layout.desc());
  const BufferId x = lowering.as(op.inputs[0], layout);
  const BufferId y = lowering.produce(op.outputs[0], layout);
  const dnnl::memory::desc kept = descriptor.workspace_desc();
  const BufferId powers = lowering.produce(workspace, CpuLayout::raw(kept.get_size(), "workspace"));
  if (workspace != kNoTensor) lowering.remember(workspace, descriptor);
  lowering.emitPrimitive(dnnl::lrn_forward(descriptor), descriptor,
                         {{DNNL_ARG_SRC, x, layout.desc()}},
                         {{DNNL_ARG_DST, y, layout.desc()},
                          {DNNL_ARG_WORKSPACE, kept.get_size() > 0 ? powers : -1, kept}});
}

void lowerBackward(Lowering& lowering, const Op& op) {
  const Window window(op.attributes);
  const CpuLayout layout = imageLayout(lowering, op.inputs[0]);
  const auto* remembered = lowering.recall<Forward>(op.inputs[3]);
  const Forward forward =
      remembered != nullptr
          ? *remembered
          : window.forward(lowering, dnnl::prop_kind::forward_training, layout.desc());
  const dnnl::lrn_backward::primitive_desc descriptor(
      {kAlgorithm, layout.desc(), layout.desc(), window.size, window.alpha, window.beta,
       window.bias},
      Lowering::plannedScratchpad(), lowering.engine(), forward);
  const dnnl::memory::desc kept = descriptor.workspace_desc();
  const BufferId powers = kept.get_size() > 0 ? lowering.own(op.inputs[3]) : -1;
  const BufferId x = lowering.as(op.inputs[0], layout);
  const BufferId dy = lowering.as(op.inputs[2], layout);
  const BufferId dx = lowering.produce(op.outputs[0], layout);
  lowering.emitPrimitive(dnnl::lrn_backward(descriptor), descriptor,
                         {{DNNL_ARG_SRC, x, layout.desc()},
                          {DNNL_ARG_DIFF_DST, dy, layout.desc()},
                          {DNNL_ARG_WORKSPACE, powers, kept}},
                         {{DNNL_ARG_DIFF_SRC, dx, layout.desc()}});
}

const RegisteredLowering forward{"localResponseNormalization", lowerForward};
const RegisteredLowering backward{"localResponseNormalizationBackward", lowerBackward};

}  // namespace

}  // namespace node_cudnn::onednn
