// The reference backend's only layout: row-major, channels-last.
#pragma once

#include <cstddef>
#include <string>

#include "core/backend.h"

namespace node_cudnn::reference {

class PlainLayout : public Layout {
 public:
  // Opaque tensors take the shape of the op's first output and eight bytes for each element.
  PlainLayout(Shape shape, ElementType type);

  std::size_t bytes() const override;
  std::string text() const override { return "plain"; }
  bool equals(const Layout& other) const override;

  const Shape& shape() const { return shape_; }
  ElementType type() const { return type_; }
  std::int64_t elements() const { return elementCount(shape_); }

 private:
  Shape shape_;
  ElementType type_;
};

}  // namespace node_cudnn::reference
