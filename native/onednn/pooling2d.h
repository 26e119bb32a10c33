// Max and average pooling through one oneDNN primitive.
#pragma once

#include "core/ops/pooling2d.h"
#include "image_layout.h"
#include "lowering.h"

namespace node_cudnn::onednn {

// A pooling in oneDNN's terms.
struct Pooling {
  View x;
  View y;
  dnnl::memory::dims size;
  dnnl::memory::dims strides;
  dnnl::memory::dims before;  // padding: top, left
  dnnl::memory::dims after;   // padding: bottom, right

  static Pooling from(const Op& op, const Shape& x, const Shape& y);
  // One window over everything.
  static Pooling global(const Shape& x);

  dnnl::pooling_forward::primitive_desc forward(const Lowering& lowering, dnnl::algorithm algorithm,
                                                dnnl::prop_kind kind,
                                                const dnnl::memory::desc& source) const;
};

// dx = pooling backward of dy, in dx's format as `forward` has it; argmax: -1 for averages.
void emitPoolingBackward(Lowering& lowering, const Op& op, const Pooling& pooling,
                         dnnl::algorithm algorithm,
                         const dnnl::pooling_forward::primitive_desc& forward, BufferId argmax);

}  // namespace node_cudnn::onednn
