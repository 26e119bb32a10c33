// Which format a layer's kernel has, and with it which implementation computes.
#pragma once

#include <string_view>
#include <utility>

#include "lowering.h"

namespace node_cudnn::onednn {

// make(weightsDesc) returns a primitive descriptor. The first op that uses a kernel chooses its
// format; later ones keep it if the same implementation takes it, else they reorder. Returns the
// descriptor and the kernel's buffer in that descriptor's format.
template <typename Make>
auto chooseWeights(Lowering& lowering, TensorId kernel, const View& view, const Make& make) {
  auto best = make(view.any());
  const CpuLayout wanted(view, best.weights_desc());
  if (!lowering.isOpen(kernel)) {
    const CpuLayout& kept = lowering.layoutOf(kernel);
    if (kept.view() == view && !kept.equals(wanted)) {
      try {
        auto same = make(kept.desc());
        if (std::string_view(same.impl_info_str()) == best.impl_info_str()) {
          return std::pair(std::move(same), lowering.own(kernel));
        }
      } catch (const dnnl::error&) {
        // No implementation takes the kept format: reorder.
      }
    }
  }
  const BufferId buffer = lowering.adopt(kernel, wanted);
  return std::pair(std::move(best), buffer);
}

// The attributes of a forward primitive: planned scratchpad, then ReLU when `activation` says so.
dnnl::primitive_attr forwardAttributes(const std::string& activation);

}  // namespace node_cudnn::onednn
