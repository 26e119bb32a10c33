#include "view.h"

#include <algorithm>

namespace node_cudnn::onednn {

namespace {

using Dims = dnnl::memory::dims;

Dims rowMajorStrides(const Shape& shape) {
  Dims strides(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;) {
    strides[i - 1] = strides[i] * std::max<std::int64_t>(shape[i], 1);
  }
  return strides;
}

// dims[i] = shape[order[i]]
View permuted(const Shape& shape, const std::vector<std::size_t>& order, std::string axes) {
  const Dims rowMajor = rowMajorStrides(shape);
  View view{{}, {}, std::move(axes)};
  for (const std::size_t axis : order) {
    view.dims.push_back(shape[axis]);
    view.strides.push_back(rowMajor[axis]);
  }
  return view;
}

}  // namespace

View View::activation(const Shape& shape) {
  if (shape.size() == 4) return permuted(shape, {0, 3, 1, 2}, "nchw");
  if (shape.empty()) return flat(shape);
  std::vector<std::size_t> order;
  std::string axes;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    order.push_back(i);
    axes += i == 0 ? 'n' : i + 1 == shape.size() ? 'c' : static_cast<char>('o' + i);
  }
  return permuted(shape, order, shape.size() == 1 ? "x" : axes);
}

View View::rows(const Shape& shape) {
  const std::int64_t channels = shape.back();
  return permuted({elementCount(shape) / channels, channels}, {0, 1}, "nc");
}

View View::channels(const Shape& shape) {
  if (shape.size() == 4) return activation(shape);
  const std::int64_t channels = shape.back();
  return activation({elementCount(shape) / channels, 1, 1, channels});
}

View View::convolutionKernel(const Shape& shape, std::int64_t groups) {
  if (groups == 1) return permuted(shape, {3, 2, 0, 1}, "oihw");
  return permuted({shape[0], shape[1], shape[2], groups, shape[3] / groups}, {3, 4, 2, 0, 1},
                  "goihw");
}

View View::denseKernel(const Shape& shape) { return permuted(shape, {1, 0}, "oi"); }

View View::flat(const Shape& shape) { return {{elementCount(shape)}, {1}, "x"}; }

dnnl::memory::desc View::plain() const { return {dims, dnnl::memory::data_type::f32, strides}; }

dnnl::memory::desc View::any() const { return tagged(dnnl::memory::format_tag::any); }

dnnl::memory::desc View::tagged(dnnl::memory::format_tag tag) const {
  return {dims, dnnl::memory::data_type::f32, tag};
}

}  // namespace node_cudnn::onednn
