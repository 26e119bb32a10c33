#include "layout.h"

#include <cstdint>
#include <utility>

namespace node_cudnn::reference {

PlainLayout::PlainLayout(Shape shape, ElementType type) : shape_(std::move(shape)), type_(type) {}

std::size_t PlainLayout::bytes() const {
  const std::size_t size = type_ == ElementType::Integer ? sizeof(std::int32_t) : sizeof(double);
  return static_cast<std::size_t>(elements()) * size;
}

bool PlainLayout::equals(const Layout& other) const {
  const auto* plain = dynamic_cast<const PlainLayout*>(&other);
  return plain != nullptr && plain->shape_ == shape_ && plain->type_ == type_;
}

}  // namespace node_cudnn::reference
