// How the cuda backend keeps a tensor: plain (row-major, channels-last), a convolution's kernel
// with its output channel outermost, or bytes that only the op that made them can read.
#pragma once

#include <string>

#include "core/backend.h"
#include "core/graph.h"
#include "data_type.h"

namespace node_cudnn::cudnn {

enum class Order { Plain, Krsc, Raw };

class CudaLayout final : public Layout {
 public:
  static CudaLayout plain(const Shape& shape, DataType type);
  // shape: [kh,kw,C/groups,K]; in memory K,kh,kw,C/groups.
  static CudaLayout krsc(const Shape& shape, DataType type);
  static CudaLayout raw(std::size_t bytes, std::string text);

  std::size_t bytes() const override;
  std::string text() const override;  // "nhwc bf16", "krsc f32", "f32"
  bool equals(const Layout& other) const override;

  Order order() const { return order_; }
  DataType type() const { return type_; }
  const Shape& shape() const { return shape_; }
  std::int64_t elements() const;
  CudaLayout withType(DataType type) const;

 private:
  Order order_ = Order::Plain;
  DataType type_ = DataType::Float32;
  Shape shape_;
  std::size_t rawBytes_ = 0;
  std::string rawText_;
};

// The layout as this backend's own class. Throws Error(Internal) for another backend's.
const CudaLayout& cudaLayout(const Layout& layout);

}  // namespace node_cudnn::cudnn
