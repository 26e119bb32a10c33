#include "layout.h"

#include <utility>

#include "core/error.h"

namespace node_cudnn::cudnn {

CudaLayout CudaLayout::plain(const Shape& shape, DataType type) {
  CudaLayout layout;
  layout.type_ = type;
  layout.shape_ = shape;
  return layout;
}

CudaLayout CudaLayout::krsc(const Shape& shape, DataType type) {
  CudaLayout layout = plain(shape, type);
  layout.order_ = Order::Krsc;
  return layout;
}

CudaLayout CudaLayout::raw(std::size_t bytes, std::string text) {
  CudaLayout layout;
  layout.order_ = Order::Raw;
  layout.rawBytes_ = bytes;
  layout.rawText_ = std::move(text);
  return layout;
}

std::int64_t CudaLayout::elements() const {
  return order_ == Order::Raw ? 0 : elementCount(shape_);
}

std::size_t CudaLayout::bytes() const {
  return order_ == Order::Raw ? rawBytes_ : static_cast<std::size_t>(elements()) * bytesOf(type_);
}

std::string CudaLayout::text() const {
  if (order_ == Order::Raw) return rawText_;
  const std::string type(toString(type_));
  if (order_ == Order::Krsc) return "krsc " + type;
  return shape_.size() == 4 ? "nhwc " + type : type;
}

bool CudaLayout::equals(const Layout& other) const {
  const auto* layout = dynamic_cast<const CudaLayout*>(&other);
  if (layout == nullptr || layout->order_ != order_) return false;
  switch (order_) {
    case Order::Plain:  // row-major values look alike through any shape
      return layout->type_ == type_ && layout->elements() == elements();
    case Order::Krsc:
      return layout->type_ == type_ && layout->shape_ == shape_;
    case Order::Raw:
      break;
  }
  return layout->rawBytes_ == rawBytes_ && layout->rawText_ == rawText_;
}

CudaLayout CudaLayout::withType(DataType type) const {
  CudaLayout layout = *this;
  layout.type_ = type;
  return layout;
}

const CudaLayout& cudaLayout(const Layout& layout) {
  const auto* cuda = dynamic_cast<const CudaLayout*>(&layout);
  if (cuda == nullptr) {
    throw Error(ErrorCode::Internal, "layout",
                "layout " + layout.text() + " was not made by the cuda backend");
  }
  return *cuda;
}

}  // namespace node_cudnn::cudnn
