#include "gradient_layout.h"

#include "core/error.h"

namespace node_cudnn::cudnn {

DataType gradientType(Lowering& lowering, const Op& op, TensorId gradient, TensorId weight) {
  const CudaLayout layout = lowering.layoutOf(gradient);
  const DataType type = layout.type();
  const bool isFloat = type == DataType::Float32 || type == DataType::BFloat16;
  const CudaLayout needed = lowering.layoutOf(weight).withType(type);
  if (!isFloat || !layout.equals(needed)) {
    throw Error(ErrorCode::Internal, op.place(),
                "the gradient of '" + lowering.tensor(weight).name + "' is " + layout.text() +
                    ", needed: " + needed.text());
  }
  return type;
}

}  // namespace node_cudnn::cudnn
