// A View hands a channels-last tensor's axes to oneDNN, which counts them as N,C,H,W and O,I,H,W.
#pragma once

#include <oneapi/dnnl/dnnl.hpp>
#include <string>

#include "core/shape.h"

namespace node_cudnn::onednn {

struct View {
  dnnl::memory::dims dims;     // in oneDNN's order
  dnnl::memory::dims strides;  // of the row-major channels-last tensor
  std::string axes;            // one letter for each of dims: "nchw"

  // Rank 4 [N,H,W,C] as {N,C,H,W}; other ranks as they are.
  static View activation(const Shape& shape);
  // [...,C] as {rows,C}.
  static View rows(const Shape& shape);
  // [...,C] as {rows,C,1,1}; rank 4 as activation() does. For primitives that know images only.
  static View channels(const Shape& shape);
  // [kh,kw,C/groups,K] as {K,C,kh,kw}, or {groups,K/groups,C/groups,kh,kw}.
  static View convolutionKernel(const Shape& shape, std::int64_t groups);
  // [I,O] as {O,I}.
  static View denseKernel(const Shape& shape);
  // Any shape as one axis.
  static View flat(const Shape& shape);

  // Both hand over the same axes in the same order.
  bool operator==(const View& other) const {
    return dims == other.dims && strides == other.strides;
  }

  // Row-major channels-last.
  dnnl::memory::desc plain() const;
  // Whatever the primitive likes best.
  dnnl::memory::desc any() const;
  // One of oneDNN's named formats.
  dnnl::memory::desc tagged(dnnl::memory::format_tag tag) const;
};

}  // namespace node_cudnn::onednn
