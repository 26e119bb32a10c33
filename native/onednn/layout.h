// How the CPU backend keeps a tensor: a oneDNN format of float32 values, or raw bytes.
#pragma once

#include <memory>
#include <string>

#include "core/backend.h"
#include "core/graph.h"
#include "view.h"

namespace node_cudnn::onednn {

class CpuLayout final : public Layout {
 public:
  // desc: the format, with the view's dims.
  CpuLayout(View view, dnnl::memory::desc desc);
  // Bytes that are never reordered; `text` names them.
  static CpuLayout raw(std::size_t bytes, std::string text);
  // Row-major channels-last, for any element type but Opaque.
  static CpuLayout plain(const Shape& shape, ElementType type);

  std::size_t bytes() const override;
  std::string text() const override;
  bool equals(const Layout& other) const override;

  bool isFloat() const { return isFloat_; }
  bool isPlain() const { return plain_; }
  const View& view() const { return view_; }
  const dnnl::memory::desc& desc() const { return desc_; }

 private:
  CpuLayout() = default;

  View view_;
  dnnl::memory::desc desc_;
  bool isFloat_ = false;
  bool plain_ = true;
  std::size_t rawBytes_ = 0;
  std::string rawText_;
};

// The layout as this backend's own class. Throws Error(Internal) for another backend's.
const CpuLayout& cpuLayout(const Layout& layout);

// "nChw16c", "nhwc": axes by falling stride, blocked axes as capitals, then the inner blocks.
std::string formatText(const dnnl::memory::desc& desc, const std::string& axes);

}  // namespace node_cudnn::onednn
