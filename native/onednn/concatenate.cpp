// Concatenation along an axis, and the slices that are its gradients.
#include "image_layout.h"

namespace node_cudnn::onednn {

namespace {

// The channels-last axis as oneDNN counts it.
int axisOf(const Op& op, std::size_t rank) {
  const auto axis = static_cast<int>(op.attributes.integer("axis"));
  if (rank != 4 || axis == 0) return axis;
  return axis == 3 ? 1 : axis + 1;
}

void lowerConcatenate(Lowering& lowering, const Op& op) {
  const Shape& shape = lowering.shape(op.outputs[0]);
  const int axis = axisOf(op, shape.size());
  const std::int64_t block = channelBlock(lowering.layoutOf(op.inputs[0]));
  // Blocked inputs join along the channels only where every one fills its blocks.
  bool whole = block > 0;
  for (const TensorId input : op.inputs) whole = whole && lowering.shape(input).back() % block == 0;
  const std::int64_t used = whole ? block : 0;
  std::vector<dnnl::memory::desc> sources;
  Lowering::Arguments reads;
  for (std::size_t i = 0; i < op.inputs.size(); ++i) {
    const CpuLayout layout = blockedImage(View::activation(lowering.shape(op.inputs[i])), used);
    sources.push_back(layout.desc());
    reads.push_back({DNNL_ARG_MULTIPLE_SRC + static_cast<int>(i), lowering.as(op.inputs[i], layout),
                     layout.desc()});
  }
  const CpuLayout result = blockedImage(View::activation(shape), used);
  const dnnl::concat::primitive_desc descriptor(result.desc(), axis, sources, lowering.engine(),
                                                Lowering::plannedScratchpad());
  const BufferId y = lowering.produce(op.outputs[0], result);
  lowering.emitPrimitive(dnnl::concat(descriptor), descriptor, reads,
                         {{DNNL_ARG_DST, y, result.desc()}}, {}, Work::Elementwise);
}

void lowerSlice(Lowering& lowering, const Op& op) {
  const Shape& from = lowering.shape(op.inputs[0]);
  const Shape& to = lowering.shape(op.outputs[0]);
  const int axis = axisOf(op, from.size());
  const std::int64_t begin = op.attributes.integer("begin");
  std::int64_t block = channelBlock(lowering.layoutOf(op.inputs[0]));
  if (block > 0 &&
      (from.back() % block != 0 || to.back() % block != 0 || (axis == 1 && begin % block != 0))) {
    block = 0;
  }
  const CpuLayout source = blockedImage(View::activation(from), block);
  const CpuLayout result = blockedImage(View::activation(to), block);
  dnnl::memory::dims offsets(from.size(), 0);
  offsets[static_cast<std::size_t>(axis)] = begin;
  const dnnl::memory::desc part = source.desc().submemory_desc(result.view().dims, offsets);
  const BufferId x = lowering.as(op.inputs[0], source);
  const BufferId y = lowering.produce(op.outputs[0], result);
  const dnnl::reorder::primitive_desc descriptor(lowering.engine(), part, lowering.engine(),
                                                 result.desc(), Lowering::plannedScratchpad());
  lowering.emitPrimitive(dnnl::reorder(descriptor), descriptor, {{DNNL_ARG_FROM, x, part}},
                         {{DNNL_ARG_TO, y, result.desc()}}, {}, Work::Elementwise);
}

const RegisteredLowering concatenate{"concatenate", lowerConcatenate};
const RegisteredLowering slice{"slice", lowerSlice};

}  // namespace

}  // namespace node_cudnn::onednn
