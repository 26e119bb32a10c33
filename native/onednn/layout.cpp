#include "layout.h"

#include <algorithm>
#include <cctype>
#include <numeric>

#include "core/error.h"

namespace node_cudnn::onednn {

CpuLayout::CpuLayout(View view, dnnl::memory::desc desc)
    : view_(std::move(view)),
      desc_(std::move(desc)),
      isFloat_(true),
      plain_(desc_ == view_.plain()) {}

CpuLayout CpuLayout::raw(std::size_t bytes, std::string text) {
  CpuLayout layout;
  layout.rawBytes_ = bytes;
  layout.rawText_ = std::move(text);
  return layout;
}

CpuLayout CpuLayout::plain(const Shape& shape, ElementType type) {
  const auto count = static_cast<std::size_t>(elementCount(shape));
  switch (type) {
    case ElementType::Float: {
      const View view = View::activation(shape);
      return {view, view.plain()};
    }
    case ElementType::Integer:
      return raw(count * sizeof(std::int32_t), "i32");
    case ElementType::Double:
      return raw(count * sizeof(double), "f64");
    case ElementType::Opaque:
      break;
  }
  throw Error(ErrorCode::Internal, "layout", "an opaque tensor has no plain layout");
}

std::size_t CpuLayout::bytes() const { return isFloat_ ? desc_.get_size() : rawBytes_; }

std::string CpuLayout::text() const { return isFloat_ ? formatText(desc_, view_.axes) : rawText_; }

bool CpuLayout::equals(const Layout& other) const {
  const auto* layout = dynamic_cast<const CpuLayout*>(&other);
  if (layout == nullptr || layout->isFloat_ != isFloat_) return false;
  if (!isFloat_) return layout->rawBytes_ == rawBytes_ && layout->rawText_ == rawText_;
  if (plain_ && layout->plain_) return bytes() == layout->bytes();
  return view_ == layout->view_ && desc_ == layout->desc_;
}

const CpuLayout& cpuLayout(const Layout& layout) {
  const auto* cpu = dynamic_cast<const CpuLayout*>(&layout);
  if (cpu == nullptr) {
    throw Error(ErrorCode::Internal, "layout",
                "layout " + layout.text() + " was not made by the cpu backend");
  }
  return *cpu;
}

std::string formatText(const dnnl::memory::desc& desc, const std::string& axes) {
  const dnnl_memory_desc_t& data = desc.data;
  if (data.format_kind != dnnl_blocked) return "packed";
  const dnnl_blocking_desc_t& blocking = data.format_desc.blocking;
  std::vector<int> order(static_cast<std::size_t>(data.ndims));
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, [&](int a, int b) {
    // Axes of length 1 have arbitrary strides; ties keep the view's order.
    return blocking.strides[a] > blocking.strides[b];
  });
  std::string text;
  for (const int axis : order) {
    const bool blocked = std::find(blocking.inner_idxs, blocking.inner_idxs + blocking.inner_nblks,
                                   axis) != blocking.inner_idxs + blocking.inner_nblks;
    const char letter = axes.at(static_cast<std::size_t>(axis));
    text += blocked ? static_cast<char>(std::toupper(letter)) : letter;
  }
  for (int i = 0; i < blocking.inner_nblks; ++i) {
    text += std::to_string(blocking.inner_blks[i]);
    text += axes.at(static_cast<std::size_t>(blocking.inner_idxs[i]));
  }
  return text;
}

}  // namespace node_cudnn::onednn
