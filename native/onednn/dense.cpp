// Fully connected layers and their gradients: rows of activations against a kernel.
#include "lowering.h"
#include "weights.h"

namespace node_cudnn::onednn {

namespace {

TensorId optional(const std::vector<TensorId>& ids, std::size_t i) {
  return i < ids.size() ? ids[i] : kNoTensor;
}

void lowerForward(Lowering& lowering, const Op& op) {
  const TensorId bias = optional(op.inputs, 2);
  const View x = View::rows(lowering.shape(op.inputs[0]));
  const View y = View::rows(lowering.shape(op.outputs[0]));
  const View kernel = View::denseKernel(lowering.shape(op.inputs[1]));
  const dnnl::memory::desc biasDesc =
      bias == kNoTensor ? dnnl::memory::desc() : View::activation(lowering.shape(bias)).plain();
  const dnnl::primitive_attr attributes =
      forwardAttributes(op.attributes.text("activation", "linear"));
  const auto kind =
      lowering.training() ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
  const auto [descriptor, weights] =
      chooseWeights(lowering, op.inputs[1], kernel, [&](const dnnl::memory::desc& weightsDesc) {
        return dnnl::inner_product_forward::primitive_desc(
            {kind, x.plain(), weightsDesc, biasDesc, y.plain()}, attributes, lowering.engine());
      });
  const BufferId rows = lowering.plain(op.inputs[0]);
  const BufferId result = lowering.producePlain(op.outputs[0]);
  lowering.emitPrimitive(dnnl::inner_product_forward(descriptor), descriptor,
                         {{DNNL_ARG_SRC, rows, x.plain()},
                          {DNNL_ARG_WEIGHTS, weights, descriptor.weights_desc()},
                          {DNNL_ARG_BIAS, lowering.plain(bias), biasDesc}},
                         {{DNNL_ARG_DST, result, y.plain()}});
}

// What the backward descriptors ask for.
dnnl::inner_product_forward::primitive_desc hint(const Lowering& lowering, const View& x,
                                                 const View& kernel, const View& y) {
  return {{dnnl::prop_kind::forward_training, x.plain(), kernel.any(), y.plain()},
          lowering.engine()};
}

void lowerBackwardInput(Lowering& lowering, const Op& op) {
  const View x = View::rows(lowering.shape(op.outputs[0]));
  const View y = View::rows(lowering.shape(op.inputs[0]));
  const View kernel = View::denseKernel(lowering.shape(op.inputs[1]));
  const auto [descriptor, weights] =
      chooseWeights(lowering, op.inputs[1], kernel, [&](const dnnl::memory::desc& weightsDesc) {
        return dnnl::inner_product_backward_data::primitive_desc(
            {x.plain(), weightsDesc, y.plain()}, Lowering::plannedScratchpad(), lowering.engine(),
            hint(lowering, x, kernel, y));
      });
  const BufferId dy = lowering.plain(op.inputs[0]);
  const BufferId dx = lowering.producePlain(op.outputs[0]);
  lowering.emitPrimitive(
      dnnl::inner_product_backward_data(descriptor), descriptor,
      {{DNNL_ARG_DIFF_DST, dy, y.plain()}, {DNNL_ARG_WEIGHTS, weights, descriptor.weights_desc()}},
      {{DNNL_ARG_DIFF_SRC, dx, x.plain()}});
}

void lowerBackwardWeights(Lowering& lowering, const Op& op) {
  const TensorId biasGradient = optional(op.outputs, 1);
  const Shape& xShape = lowering.shape(op.inputs[0]);
  const Shape& yShape = lowering.shape(op.inputs[1]);
  const View x = View::rows(xShape);
  const View y = View::rows(yShape);
  const View kernel = View::denseKernel({xShape.back(), yShape.back()});
  const dnnl::memory::desc biasDesc =
      biasGradient == kNoTensor ? dnnl::memory::desc() : View::activation({yShape.back()}).plain();
  const dnnl::inner_product_backward_weights::primitive_desc descriptor(
      {x.plain(), kernel.any(), biasDesc, y.plain()}, Lowering::plannedScratchpad(),
      lowering.engine(), hint(lowering, x, kernel, y));
  const BufferId rows = lowering.plain(op.inputs[0]);
  const BufferId dy = lowering.plain(op.inputs[1]);
  const CpuLayout layout(kernel, descriptor.diff_weights_desc());
  const BufferId gradient = op.outputs[0] == kNoTensor ? lowering.temporary("kernel", layout)
                                                       : lowering.produce(op.outputs[0], layout);
  const BufferId bias = lowering.producePlain(biasGradient);
  lowering.emitPrimitive(dnnl::inner_product_backward_weights(descriptor), descriptor,
                         {{DNNL_ARG_SRC, rows, x.plain()}, {DNNL_ARG_DIFF_DST, dy, y.plain()}},
                         {{DNNL_ARG_DIFF_WEIGHTS, gradient, descriptor.diff_weights_desc()},
                          {DNNL_ARG_DIFF_BIAS, bias, biasDesc}});
}

const RegisteredLowering forward{"dense", lowerForward};
const RegisteredLowering backwardInput{"denseBackwardInput", lowerBackwardInput};
const RegisteredLowering backwardWeights{"denseBackwardWeights", lowerBackwardWeights};

}  // namespace

}  // namespace node_cudnn::onednn
