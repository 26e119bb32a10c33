// The axes after the batch in another order: one reorder between two row-major views.
#include "lowering.h"

namespace node_cudnn::onednn {

namespace {

dnnl::memory::dims rowMajor(const Shape& shape) {
  dnnl::memory::dims strides(shape.size(), 1);
  for (std::size_t i = shape.size() - 1; i > 0; --i) strides[i - 1] = strides[i] * shape[i];
  return strides;
}

void lowerPermute(Lowering& lowering, const Op& op) {
  constexpr auto kType = dnnl::memory::data_type::f32;
  const Shape& to = lowering.shape(op.outputs[0]);
  const dnnl::memory::dims from = rowMajor(lowering.shape(op.inputs[0]));
  dnnl::memory::dims strides{from[0]};
  for (const std::int64_t axis : op.attributes.integers("dims")) {
    strides.push_back(from[static_cast<std::size_t>(axis)]);
  }
  const dnnl::memory::desc source(to, kType, strides);
  const dnnl::memory::desc result(to, kType, rowMajor(to));
  const BufferId x = lowering.plain(op.inputs[0]);
  const BufferId y = lowering.producePlain(op.outputs[0]);
  const dnnl::reorder::primitive_desc descriptor(lowering.engine(), source, lowering.engine(),
                                                 result, Lowering::plannedScratchpad());
  lowering.emitPrimitive(dnnl::reorder(descriptor), descriptor, {{DNNL_ARG_FROM, x, source}},
                         {{DNNL_ARG_TO, y, result}}, {}, Work::Elementwise);
}

const RegisteredLowering permute{"permute", lowerPermute};

}  // namespace

}  // namespace node_cudnn::onednn
