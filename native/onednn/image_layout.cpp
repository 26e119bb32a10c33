#include "image_layout.h"

#include "parallel.h"

namespace node_cudnn::onednn {

std::int64_t channelBlock(const CpuLayout& layout) {
  if (!layout.isFloat() || layout.view().axes != "nchw") return 0;
  const dnnl_blocking_desc_t& blocking = layout.desc().data.format_desc.blocking;
  const bool blocked = blocking.inner_nblks == 1 && blocking.inner_idxs[0] == 1;
  return blocked ? blocking.inner_blks[0] : 0;
}

std::int64_t vectorBlock(const CpuLayout& layout) {
  const std::int64_t vector = instructionSet() == InstructionSet::Avx512 ? 16 : 8;
  return channelBlock(layout) == vector ? vector : 0;
}

CpuLayout blockedImage(const View& view, std::int64_t block) {
  using Tag = dnnl::memory::format_tag;
  switch (block) {
    case 16:
      return {view, view.tagged(Tag::nChw16c)};
    case 8:
      return {view, view.tagged(Tag::nChw8c)};
    case 4:
      return {view, view.tagged(Tag::nChw4c)};
    default:
      return {view, view.plain()};
  }
}

CpuLayout imageLayout(Lowering& lowering, TensorId id) {
  return blockedImage(View::activation(lowering.shape(id)), vectorBlock(lowering.layoutOf(id)));
}

}  // namespace node_cudnn::onednn
