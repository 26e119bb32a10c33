// The input cells under a pooling window.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/ops/pooling2d.h"

namespace node_cudnn::reference {

// Half-open ranges of rows and columns, without the padding.
struct Window {
  std::int64_t top, bottom, left, right;

  std::int64_t cells() const {
    return std::max<std::int64_t>(bottom - top, 0) * std::max<std::int64_t>(right - left, 0);
  }
};

// Calls visit(window, n, c, output index) for every output of pooling `x` to `y`, both [N,H,W,C].
template <typename Visit>
void forEachWindow(const Pooling2dParameters& p, const Shape& x, const Shape& y, Visit visit) {
  std::int64_t index = 0;
  for (std::int64_t n = 0; n < y[0]; ++n)
    for (std::int64_t oh = 0; oh < y[1]; ++oh)
      for (std::int64_t ow = 0; ow < y[2]; ++ow) {
        const std::int64_t top = oh * p.strides[0] - p.padding.top;
        const std::int64_t left = ow * p.strides[1] - p.padding.left;
        const Window window{std::max<std::int64_t>(top, 0), std::min(top + p.poolSize[0], x[1]),
                            std::max<std::int64_t>(left, 0), std::min(left + p.poolSize[1], x[2])};
        for (std::int64_t c = 0; c < y[3]; ++c) visit(window, n, c, index++);
      }
}

}  // namespace node_cudnn::reference
