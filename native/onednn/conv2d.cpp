// 2-D convolution and its gradients.
#include "core/ops/conv2d.h"

#include <algorithm>

#include "lowering.h"
#include "weights.h"

namespace node_cudnn::onednn {

namespace {

using Dims = dnnl::memory::dims;
// Left to itself oneDNN takes Winograd's F(4x4,3x3) for large convolutions with dense 3x3 kernels
// of stride 1. That pays only where the output fills its tiles of 4x4 (13x13: 0.66 of them, 1.7
// times as fast as the direct form; 5x5: 0.39, slower), and where its transforms are shared by
// channels (3 to 96 of them on 32x32 images: four times as slow as the direct form).
dnnl::algorithm algorithmFor(const Shape& kernel, const Shape& y) {
  constexpr std::int64_t kLeastChannels = 24;
  constexpr double kLeastFilled = 0.5;
  const auto filled = [](std::int64_t length) {
    return static_cast<double>(length) / static_cast<double>((length + 3) / 4 * 4);
  };
  const bool pays = std::min(kernel[2], kernel[3]) >= kLeastChannels &&
                    filled(y[1]) * filled(y[2]) >= kLeastFilled;
  return pays ? dnnl::algorithm::convolution_auto : dnnl::algorithm::convolution_direct;
}

// One convolution in oneDNN's terms.
struct Convolution {
  View x;
  View kernel;
  View bias;
  View y;
  dnnl::algorithm algorithm;
  Dims strides;
  Dims dilations;  // cells left out between taps
  Dims before;     // padding: top, left
  Dims after;      // padding: bottom, right

  Convolution(const Op& op, const Shape& xShape, const Shape& kernelShape, const Shape& yShape) {
    const Conv2dParameters p = Conv2dParameters::from(op);
    x = View::activation(xShape);
    kernel = View::convolutionKernel(kernelShape, p.groups);
    bias = View::activation({kernelShape[3]});
    y = View::activation(yShape);
    algorithm = algorithmFor(kernelShape, yShape);
    strides = {p.strides[0], p.strides[1]};
    dilations = {p.dilations[0] - 1, p.dilations[1] - 1};
    before = {p.padding.top, p.padding.left};
    after = {p.padding.bottom, p.padding.right};
  }

  dnnl::convolution_forward::primitive_desc forward(const Lowering& lowering, dnnl::prop_kind kind,
                                                    const dnnl::memory::desc& weights, bool hasBias,
                                                    const dnnl::primitive_attr& attributes) const {
    // A zero descriptor stands for no bias.
    const dnnl::memory::desc biasDesc = hasBias ? bias.plain() : dnnl::memory::desc();
    return {
        {kind, algorithm, x.any(), weights, biasDesc, y.any(), strides, dilations, before, after},
        attributes,
        lowering.engine()};
  }

  // What the backward descriptors ask for.
  dnnl::convolution_forward::primitive_desc hint(const Lowering& lowering) const {
    return forward(lowering, dnnl::prop_kind::forward_training, kernel.any(), false,
                   Lowering::plannedScratchpad());
  }
};

TensorId optional(const std::vector<TensorId>& ids, std::size_t i) {
  return i < ids.size() ? ids[i] : kNoTensor;
}

void lowerForward(Lowering& lowering, const Op& op) {
  const TensorId bias = optional(op.inputs, 2);
  const Convolution convolution(op, lowering.shape(op.inputs[0]), lowering.shape(op.inputs[1]),
                                lowering.shape(op.outputs[0]));
  const dnnl::primitive_attr attributes = forwardAttributes(Conv2dParameters::from(op).activation);
  const auto kind =
      lowering.training() ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
  const auto [descriptor, kernel] = chooseWeights(
      lowering, op.inputs[1], convolution.kernel, [&](const dnnl::memory::desc& weights) {
        return convolution.forward(lowering, kind, weights, bias != kNoTensor, attributes);
      });
  const BufferId x = lowering.as(op.inputs[0], convolution.x, descriptor.src_desc());
  const BufferId y = lowering.produce(op.outputs[0], {convolution.y, descriptor.dst_desc()});
  lowering.emitPrimitive(dnnl::convolution_forward(descriptor), descriptor,
                         {{DNNL_ARG_SRC, x, descriptor.src_desc()},
                          {DNNL_ARG_WEIGHTS, kernel, descriptor.weights_desc()},
                          {DNNL_ARG_BIAS, lowering.plain(bias), descriptor.bias_desc()}},
                         {{DNNL_ARG_DST, y, descriptor.dst_desc()}});
}

void lowerBackwardInput(Lowering& lowering, const Op& op) {
  const Convolution convolution(op, op.attributes.integers("inputShape"),
                                lowering.shape(op.inputs[1]), lowering.shape(op.inputs[0]));
  const dnnl::convolution_backward_data::primitive_desc descriptor(
      {convolution.algorithm, convolution.x.any(), convolution.kernel.any(), convolution.y.any(),
       convolution.strides, convolution.dilations, convolution.before, convolution.after},
      Lowering::plannedScratchpad(), lowering.engine(), convolution.hint(lowering));
  const BufferId dy = lowering.as(op.inputs[0], convolution.y, descriptor.diff_dst_desc());
  const BufferId kernel = lowering.as(op.inputs[1], convolution.kernel, descriptor.weights_desc());
  const BufferId dx = lowering.produce(op.outputs[0], {convolution.x, descriptor.diff_src_desc()});
  lowering.emitPrimitive(dnnl::convolution_backward_data(descriptor), descriptor,
                         {{DNNL_ARG_DIFF_DST, dy, descriptor.diff_dst_desc()},
                          {DNNL_ARG_WEIGHTS, kernel, descriptor.weights_desc()}},
                         {{DNNL_ARG_DIFF_SRC, dx, descriptor.diff_src_desc()}});
}

void lowerBackwardWeights(Lowering& lowering, const Op& op) {
  const Convolution convolution(op, lowering.shape(op.inputs[0]),
                                op.attributes.integers("kernelShape"),
                                lowering.shape(op.inputs[1]));
  const TensorId biasGradient = optional(op.outputs, 1);
  const dnnl::memory::desc biasDesc =
      biasGradient == kNoTensor ? dnnl::memory::desc() : convolution.bias.plain();
  const dnnl::convolution_backward_weights::primitive_desc descriptor(
      {convolution.algorithm, convolution.x.any(), convolution.kernel.any(), biasDesc,
       convolution.y.any(), convolution.strides, convolution.dilations, convolution.before,
       convolution.after},
      Lowering::plannedScratchpad(), lowering.engine(), convolution.hint(lowering));
  const BufferId x = lowering.as(op.inputs[0], convolution.x, descriptor.src_desc());
  const BufferId dy = lowering.as(op.inputs[1], convolution.y, descriptor.diff_dst_desc());
  const CpuLayout layout(convolution.kernel, descriptor.diff_weights_desc());
  const BufferId kernel = op.outputs[0] == kNoTensor ? lowering.temporary("kernel", layout)
                                                     : lowering.produce(op.outputs[0], layout);
  const BufferId bias = lowering.producePlain(biasGradient);
  lowering.emitPrimitive(dnnl::convolution_backward_weights(descriptor), descriptor,
                         {{DNNL_ARG_SRC, x, descriptor.src_desc()},
                          {DNNL_ARG_DIFF_DST, dy, descriptor.diff_dst_desc()}},
                         {{DNNL_ARG_DIFF_WEIGHTS, kernel, descriptor.diff_weights_desc()},
                          {DNNL_ARG_DIFF_BIAS, bias, descriptor.diff_bias_desc()}});
}

const RegisteredLowering forward{"conv2d", lowerForward};
const RegisteredLowering backwardInput{"conv2dBackwardInput", lowerBackwardInput};
const RegisteredLowering backwardWeights{"conv2dBackwardWeights", lowerBackwardWeights};

}  // namespace

}  // namespace node_cudnn::onednn
