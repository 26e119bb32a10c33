#include "handle.h"

#include "core/error.h"
#include "status.h"

namespace node_cudnn::cudnn {

Handle::Handle(Stream& stream) {
  try {
    NODE_CUDNN_CUDNN(cudnnCreate(&handle_));
    NODE_CUDNN_CUDNN(cudnnSetStream(handle_, stream.get()));
  } catch (const Refused& refused) {
    if (handle_ != nullptr) static_cast<void>(cudnnDestroy(handle_));
    throw Error(ErrorCode::Backend, "cuDNN",
                std::string(refused.what()) + "; `npx node-cudnn doctor` tells what was found");
  }
}

Handle::~Handle() { static_cast<void>(cudnnDestroy(handle_)); }

}  // namespace node_cudnn::cudnn
