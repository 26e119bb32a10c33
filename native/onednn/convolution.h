// A 2-D convolution in oneDNN's terms.
#pragma once

#include "core/ops/conv2d.h"
#include "lowering.h"

namespace node_cudnn::onednn {

// The algorithm for a kernel [kh,kw,C/groups,K] and a result [N,H,W,K].
dnnl::algorithm algorithmFor(const Shape& kernel, const Shape& y);

struct Convolution {
  View x;
  View kernel;
  View bias;
  View y;
  dnnl::algorithm algorithm;
  dnnl::memory::dims strides;
  dnnl::memory::dims dilations;  // cells left out between taps
  dnnl::memory::dims before;     // padding: top, left
  dnnl::memory::dims after;      // padding: bottom, right

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

}  // namespace node_cudnn::onednn
