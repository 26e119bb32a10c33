// Local response normalization across channels: oneDNN's for images in blocks of channels, rows of
// this backend for all others. For row-major images oneDNN's gradient is wrong with AVX-512 where
// the channels are more than 16 and no multiple of it, and a window of one channel crashes.
#include <string_view>

#include "image_layout.h"
#include "normalized_rows.h"

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

NormalizedRows rowsOf(const Op& op, const Shape& shape) {
  const Attributes& attributes = op.attributes;
  return {elementCount(shape) / shape.back(),
          shape.back(),
          attributes.integer("depthRadius"),
          static_cast<float>(attributes.number("alpha")),
          static_cast<float>(attributes.number("beta")),
          static_cast<float>(attributes.number("bias"))};
}

bool isReference(const Forward& descriptor) {
  return std::string_view(descriptor.impl_info_str()).find("ref") != std::string_view::npos;
}

TensorId workspaceOf(const Op& op) { return op.outputs.size() > 1 ? op.outputs[1] : kNoTensor; }

void lowerRows(Lowering& lowering, const Op& op) {
  const NormalizedRows normalized = rowsOf(op, lowering.shape(op.inputs[0]));
  const TensorId workspace = workspaceOf(op);
  const BufferId x = lowering.plain(op.inputs[0]);
  const BufferId y = lowering.producePlain(op.outputs[0]);
  const auto bytes =
      static_cast<std::size_t>(normalized.rows * normalized.channels) * sizeof(float);
  const BufferId scales = lowering.produce(workspace, CpuLayout::raw(bytes, "scales"));
  Command command;
  command.reads = {x};
  command.writes = {y, scales};
  command.detail = "rows";
  command.kernel = loopKernel({x, y, scales}, [=](const Pointers& p, const StepState&) {
    normalized.forward(p.floats(0), p.has(2) ? p.floats(2) : p.floats(1), p.floats(1));
  });
  lowering.emit(std::move(command));
}

void lowerForward(Lowering& lowering, const Op& op) {
  const Window window(op.attributes);
  const CpuLayout layout = imageLayout(lowering, op.inputs[0]);
  const Forward descriptor =
      window.forward(lowering, dnnl::prop_kind::forward_inference, layout.desc());
  if (layout.isPlain() || isReference(descriptor)) return lowerRows(lowering, op);
  const TensorId workspace = workspaceOf(op);
  if (workspace != kNoTensor) lowering.remember(workspace, layout);
  const BufferId x = lowering.as(op.inputs[0], layout);
  const BufferId y = lowering.produce(op.outputs[0], layout);
  lowering.emitPrimitive(dnnl::lrn_forward(descriptor), descriptor,
                         {{DNNL_ARG_SRC, x, layout.desc()}}, {{DNNL_ARG_DST, y, layout.desc()}});
}

void lowerRowsBackward(Lowering& lowering, const Op& op) {
  const NormalizedRows normalized = rowsOf(op, lowering.shape(op.inputs[0]));
  const BufferId x = lowering.plain(op.inputs[0]);
  const BufferId dy = lowering.plain(op.inputs[2]);
  const BufferId scales = lowering.own(op.inputs[3]);
  const BufferId dx = lowering.producePlain(op.outputs[0]);
  Command command;
  command.reads = {x, dy, scales};
  command.writes = {dx, scales};
  command.mayShare = {{dx, dy}};
  command.detail = "rows";
  command.kernel = loopKernel({x, dy, scales, dx}, [=](const Pointers& p, const StepState&) {
    normalized.backward(p.floats(0), p.floats(1), p.floats(2), p.floats(3));
  });
  lowering.emit(std::move(command));
}

// oneDNN's workspace is twice as large as the image. It is made here, where most activations have
// gone, by a second forward pass, rather than kept from the first.
void lowerBackward(Lowering& lowering, const Op& op) {
  // Only oneDNN's forward pass remembers its layout; the other one leaves its scales.
  const auto* layout = lowering.recall<CpuLayout>(op.inputs[3]);
  if (layout == nullptr) return lowerRowsBackward(lowering, op);
  const dnnl::memory::desc image = layout->desc();
  const Window window(op.attributes);
  const Forward again = window.forward(lowering, dnnl::prop_kind::forward_training, image);
  const dnnl::lrn_backward::primitive_desc descriptor(
      {kAlgorithm, image, image, window.size, window.alpha, window.beta, window.bias},
      Lowering::plannedScratchpad(), lowering.engine(), again);
  const dnnl::memory::desc kept = descriptor.workspace_desc();
  BufferId powers = -1;
  const BufferId x = lowering.as(op.inputs[0], *layout);
  if (kept.get_size() > 0) {
    powers = lowering.temporary("workspace", CpuLayout::raw(kept.get_size(), "workspace"));
    lowering.emitPrimitive(dnnl::lrn_forward(again), again, {{DNNL_ARG_SRC, x, image}},
                           {{DNNL_ARG_DST, lowering.temporary("normalized", *layout), image},
                            {DNNL_ARG_WORKSPACE, powers, kept}});
  }
  const BufferId dy = lowering.as(op.inputs[2], *layout);
  const BufferId dx = lowering.produce(op.outputs[0], *layout);
  lowering.emitPrimitive(dnnl::lrn_backward(descriptor), descriptor,
                         {{DNNL_ARG_SRC, x, image},
                          {DNNL_ARG_DIFF_DST, dy, image},
                          {DNNL_ARG_WORKSPACE, powers, kept}},
                         {{DNNL_ARG_DIFF_SRC, dx, image}});
}

const RegisteredLowering forward{"localResponseNormalization", lowerForward};
const RegisteredLowering backward{"localResponseNormalizationBackward", lowerBackward};

}  // namespace

}  // namespace node_cudnn::onednn
