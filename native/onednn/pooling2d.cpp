#include "pooling2d.h"

namespace node_cudnn::onednn {

Pooling Pooling::from(const Op& op, const Shape& x, const Shape& y) {
  const Pooling2dParameters p = Pooling2dParameters::from(op);
  return {View::activation(x),
          View::activation(y),
          {p.poolSize[0], p.poolSize[1]},
          {p.strides[0], p.strides[1]},
          {p.padding.top, p.padding.left},
          {p.padding.bottom, p.padding.right}};
}

Pooling Pooling::global(const Shape& x) {
  return {View::activation(x),
          View::activation({x[0], 1, 1, x[3]}),
          {x[1], x[2]},
          {1, 1},
          {0, 0},
          {0, 0}};
}

dnnl::pooling_forward::primitive_desc Pooling::forward(const Lowering& lowering,
                                                       dnnl::algorithm algorithm,
                                                       dnnl::prop_kind kind,
                                                       const dnnl::memory::desc& source) const {
  return {{kind, algorithm, source, y.any(), strides, size, before, after},
          Lowering::plannedScratchpad(),
          lowering.engine()};
}

void emitPoolingBackward(Lowering& lowering, const Op& op, const Pooling& pooling,
                         dnnl::algorithm algorithm,
                         const dnnl::pooling_forward::primitive_desc& forward, BufferId argmax) {
  const dnnl::pooling_backward::primitive_desc descriptor(
      {algorithm, forward.src_desc(), forward.dst_desc(), pooling.strides, pooling.size,
       pooling.before, pooling.after},
      Lowering::plannedScratchpad(), lowering.engine(), forward);
  const BufferId dy = lowering.as(op.inputs[0], pooling.y, forward.dst_desc());
  const BufferId dx = lowering.produce(op.outputs[0], {pooling.x, forward.src_desc()});
  lowering.emitPrimitive(dnnl::pooling_backward(descriptor), descriptor,
                         {{DNNL_ARG_DIFF_DST, dy, descriptor.diff_dst_desc()},
                          {DNNL_ARG_WORKSPACE, argmax, descriptor.workspace_desc()}},
                         {{DNNL_ARG_DIFF_SRC, dx, descriptor.diff_src_desc()}});
}

}  // namespace node_cudnn::onednn
