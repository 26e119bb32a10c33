// 2-D convolution and its gradients.
#include <string_view>

#include "convolution.h"
#include "merged_groups.h"
#include "weights.h"

namespace node_cudnn::onednn {

namespace {

TensorId optional(const std::vector<TensorId>& ids, std::size_t i) {
  return i < ids.size() ? ids[i] : kNoTensor;
}

// Whether the implementation is one of the library's generated kernels.
bool isGenerated(const dnnl::primitive_desc_base& descriptor) {
  const std::string_view name = descriptor.impl_info_str();
  return name.starts_with("jit") || name.starts_with("brg");
}

// The convolution with `merge` groups as one.
Convolution merged(const Op& op, const Shape& x, Shape kernel, const Shape& y, std::int64_t merge) {
  Op changed = op;
  const std::int64_t groups = op.attributes.integer("groups", 1) / merge;
  changed.attributes.set("groups", static_cast<double>(groups));
  kernel[2] *= merge;
  return {changed, x, kernel, y};
}

std::int64_t mergeOf(const Op& op, const Shape& kernel) {
  return groupsToMerge(kernel, op.attributes.integer("groups", 1));
}

// The kernel of merged groups in a descriptor's layout.
BufferId mergedKernel(Lowering& lowering, const Op& op, const Convolution& convolution,
                      const dnnl::memory::desc& desc, std::int64_t merge) {
  const CpuLayout plain(convolution.kernel, convolution.kernel.plain());
  const CpuLayout layout(convolution.kernel, desc);
  const BufferId rows = lowering.temporary("kernel rows", plain);
  emitBlockDiagonal(lowering, lowering.plain(op.inputs[1]), rows, lowering.shape(op.inputs[1]),
                    op.attributes.integer("groups", 1), merge);
  if (layout.isPlain()) return rows;
  const BufferId kernel = lowering.temporary("kernel", layout);
  lowering.emitReorder(rows, plain.desc(), kernel, layout.desc(), "rows to " + layout.text());
  return kernel;
}

void emitForward(Lowering& lowering, const Op& op, const Convolution& convolution,
                 const dnnl::convolution_forward::primitive_desc& descriptor, BufferId kernel) {
  const BufferId x = lowering.as(op.inputs[0], convolution.x, descriptor.src_desc());
  const BufferId y = lowering.produce(op.outputs[0], {convolution.y, descriptor.dst_desc()});
  lowering.emitPrimitive(
      dnnl::convolution_forward(descriptor), descriptor,
      {{DNNL_ARG_SRC, x, descriptor.src_desc()},
       {DNNL_ARG_WEIGHTS, kernel, descriptor.weights_desc()},
       {DNNL_ARG_BIAS, lowering.plain(optional(op.inputs, 2)), descriptor.bias_desc()}},
      {{DNNL_ARG_DST, y, descriptor.dst_desc()}});
}

void lowerForward(Lowering& lowering, const Op& op) {
  const TensorId bias = optional(op.inputs, 2);
  const Convolution convolution(op, lowering.shape(op.inputs[0]), lowering.shape(op.inputs[1]),
                                lowering.shape(op.outputs[0]));
  const dnnl::primitive_attr attributes = forwardAttributes(Conv2dParameters::from(op).activation);
  const auto kind =
      lowering.training() ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
  const std::int64_t merge = mergeOf(op, lowering.shape(op.inputs[1]));
  if (merge > 1 && !isGenerated(convolution.forward(lowering, kind, convolution.kernel.any(),
                                                    bias != kNoTensor, attributes))) {
    const Convolution joined =
        merged(op, lowering.shape(op.inputs[0]), lowering.shape(op.inputs[1]),
               lowering.shape(op.outputs[0]), merge);
    const auto descriptor =
        joined.forward(lowering, kind, joined.kernel.any(), bias != kNoTensor, attributes);
    if (isGenerated(descriptor)) {
      const BufferId kernel = mergedKernel(lowering, op, joined, descriptor.weights_desc(), merge);
      return emitForward(lowering, op, joined, descriptor, kernel);
    }
  }
  const auto [descriptor, kernel] = chooseWeights(
      lowering, op.inputs[1], convolution.kernel, [&](const dnnl::memory::desc& weights) {
        return convolution.forward(lowering, kind, weights, bias != kNoTensor, attributes);
      });
  emitForward(lowering, op, convolution, descriptor, kernel);
}

using BackwardInput = dnnl::convolution_backward_data::primitive_desc;

BackwardInput backwardInput(const Lowering& lowering, const Convolution& convolution) {
  return {
      {convolution.algorithm, convolution.x.any(), convolution.kernel.any(), convolution.y.any(),
       convolution.strides, convolution.dilations, convolution.before, convolution.after},
      Lowering::plannedScratchpad(),
      lowering.engine(),
      convolution.hint(lowering)};
}

void emitBackwardInput(Lowering& lowering, const Op& op, const Convolution& convolution,
                       const BackwardInput& descriptor, BufferId kernel) {
  const BufferId dy = lowering.as(op.inputs[0], convolution.y, descriptor.diff_dst_desc());
  const BufferId dx = lowering.produce(op.outputs[0], {convolution.x, descriptor.diff_src_desc()});
  lowering.emitPrimitive(dnnl::convolution_backward_data(descriptor), descriptor,
                         {{DNNL_ARG_DIFF_DST, dy, descriptor.diff_dst_desc()},
                          {DNNL_ARG_WEIGHTS, kernel, descriptor.weights_desc()}},
                         {{DNNL_ARG_DIFF_SRC, dx, descriptor.diff_src_desc()}});
}

void lowerBackwardInput(Lowering& lowering, const Op& op) {
  const Shape xShape = op.attributes.integers("inputShape");
  const Shape& kernelShape = lowering.shape(op.inputs[1]);
  const Shape& yShape = lowering.shape(op.inputs[0]);
  const Convolution convolution(op, xShape, kernelShape, yShape);
  const BackwardInput descriptor = backwardInput(lowering, convolution);
  const std::int64_t merge = mergeOf(op, kernelShape);
  if (merge > 1 && !isGenerated(descriptor)) {
    const Convolution joined = merged(op, xShape, kernelShape, yShape, merge);
    const BackwardInput better = backwardInput(lowering, joined);
    if (isGenerated(better)) {
      const BufferId kernel = mergedKernel(lowering, op, joined, better.weights_desc(), merge);
      return emitBackwardInput(lowering, op, joined, better, kernel);
    }
  }
  const BufferId kernel = lowering.as(op.inputs[1], convolution.kernel, descriptor.weights_desc());
  emitBackwardInput(lowering, op, convolution, descriptor, kernel);
}

using BackwardWeights = dnnl::convolution_backward_weights::primitive_desc;

BackwardWeights backwardWeights(const Lowering& lowering, const Convolution& convolution,
                                const dnnl::memory::desc& bias) {
  return {{convolution.algorithm, convolution.x.any(), convolution.kernel.any(), bias,
           convolution.y.any(), convolution.strides, convolution.dilations, convolution.before,
           convolution.after},
          Lowering::plannedScratchpad(),
          lowering.engine(),
          convolution.hint(lowering)};
}

// Emits the primitive; the kernel's gradient in the descriptor's layout is written to `kernel`.
void emitBackwardWeights(Lowering& lowering, const Op& op, const Convolution& convolution,
                         const BackwardWeights& descriptor, BufferId kernel) {
  const BufferId x = lowering.as(op.inputs[0], convolution.x, descriptor.src_desc());
  const BufferId dy = lowering.as(op.inputs[1], convolution.y, descriptor.diff_dst_desc());
  const BufferId bias = lowering.producePlain(optional(op.outputs, 1));
  lowering.emitPrimitive(dnnl::convolution_backward_weights(descriptor), descriptor,
                         {{DNNL_ARG_SRC, x, descriptor.src_desc()},
                          {DNNL_ARG_DIFF_DST, dy, descriptor.diff_dst_desc()}},
                         {{DNNL_ARG_DIFF_WEIGHTS, kernel, descriptor.diff_weights_desc()},
                          {DNNL_ARG_DIFF_BIAS, bias, descriptor.diff_bias_desc()}});
}

// True when it was lowered with `merge` groups as one.
bool lowerMerged(Lowering& lowering, const Op& op, const dnnl::memory::desc& bias,
                 std::int64_t merge) {
  const Shape kernelShape = op.attributes.integers("kernelShape");
  const Convolution convolution =
      merged(op, lowering.shape(op.inputs[0]), kernelShape, lowering.shape(op.inputs[1]), merge);
  const BackwardWeights descriptor = backwardWeights(lowering, convolution, bias);
  if (!isGenerated(descriptor)) return false;
  const CpuLayout layout(convolution.kernel, descriptor.diff_weights_desc());
  const CpuLayout plain(convolution.kernel, convolution.kernel.plain());
  const BufferId blocked = lowering.temporary("kernel", layout);
  emitBackwardWeights(lowering, op, convolution, descriptor, blocked);
  const BufferId rows = layout.isPlain() ? blocked : lowering.temporary("kernel rows", plain);
  if (rows != blocked) {
    lowering.emitReorder(blocked, layout.desc(), rows, plain.desc(), layout.text() + " to rows");
  }
  emitDiagonal(lowering, rows, lowering.producePlain(op.outputs[0]), kernelShape,
               op.attributes.integer("groups"), merge);
  return true;
}

void lowerBackwardWeights(Lowering& lowering, const Op& op) {
  const Shape kernelShape = op.attributes.integers("kernelShape");
  const Convolution convolution(op, lowering.shape(op.inputs[0]), kernelShape,
                                lowering.shape(op.inputs[1]));
  const dnnl::memory::desc bias =
      optional(op.outputs, 1) == kNoTensor ? dnnl::memory::desc() : convolution.bias.plain();
  const BackwardWeights descriptor = backwardWeights(lowering, convolution, bias);
  const std::int64_t merge = mergeOf(op, kernelShape);
  if (merge > 1 && op.outputs[0] != kNoTensor && !isGenerated(descriptor) &&
      lowerMerged(lowering, op, bias, merge)) {
    return;
  }
  const CpuLayout layout(convolution.kernel, descriptor.diff_weights_desc());
  const BufferId kernel = op.outputs[0] == kNoTensor ? lowering.temporary("kernel", layout)
                                                     : lowering.produce(op.outputs[0], layout);
  emitBackwardWeights(lowering, op, convolution, descriptor, kernel);
}

const RegisteredLowering forward{"conv2d", lowerForward};
const RegisteredLowering inputGradient{"conv2dBackwardInput", lowerBackwardInput};
const RegisteredLowering kernelGradient{"conv2dBackwardWeights", lowerBackwardWeights};

}  // namespace

}  // namespace node_cudnn::onednn
