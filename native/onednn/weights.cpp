#include "weights.h"

#include "core/error.h"

namespace node_cudnn::onednn {

dnnl::primitive_attr forwardAttributes(const std::string& activation) {
  dnnl::primitive_attr attributes = Lowering::plannedScratchpad();
  if (activation == "relu") {
    dnnl::post_ops after;
    after.append_eltwise(1.0F, dnnl::algorithm::eltwise_relu, 0.0F, 0.0F);
    attributes.set_post_ops(after);
  } else if (activation != "linear") {
    throw Error(ErrorCode::Unsupported, "activation '" + activation + "'",
                "only 'linear' and 'relu' can be fused");
  }
  return attributes;
}

}  // namespace node_cudnn::onednn
