#include "kernels.h"

#include <cstdint>

#include "core/error.h"
#include "status.h"

namespace node_cudnn::cudnn {

PlanKernel::PlanKernel(std::string place, std::shared_ptr<const ExecutionPlan> plan,
                       const OperationGraph& graph, const Execution& execution)
    : place_(std::move(place)), plan_(std::move(plan)), execution_(execution) {
  Uid uid = kNone;
  for (const GraphTensor& tensor : graph.tensors()) {
    ++uid;
    if (tensor.isVirtual) continue;
    if (tensor.scalar) {
      scalars_.emplace_back(uid, *tensor.scalar);
    } else {
      bindings_.emplace_back(uid, tensor.buffer);
    }
  }
}

void PlanKernel::bind(const Addresses& addresses) {
  std::vector<Uid> uids;
  std::vector<void*> pointers;
  for (const auto& [uid, buffer] : bindings_) {
    uids.push_back(uid);
    pointers.push_back(addresses.buffers.at(static_cast<std::size_t>(buffer)));
  }
  for (auto& [uid, value] : scalars_) {
    uids.push_back(uid);
    pointers.push_back(&value);
  }
  const auto count = static_cast<std::int64_t>(uids.size());
  try {
    Descriptor pack(CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
    pack.setIntegers(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, uids);
    pack.set(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, CUDNN_TYPE_VOID_PTR, count, pointers.data());
    pack.set(CUDNN_ATTR_VARIANT_PACK_WORKSPACE, CUDNN_TYPE_VOID_PTR, 1, &addresses.scratch);
    pack.finalize();
    variantPack_ = std::move(pack);
  } catch (const Refused& refused) {
    throw Error(ErrorCode::Internal, place_, std::string("its addresses: ") + refused.what());
  }
}

void PlanKernel::run(const StepState&) {
  try {
    NODE_CUDNN_CUDNN(
        cudnnBackendExecute(execution_.handle, plan_->descriptor.get(), variantPack_.get()));
  } catch (const Refused& refused) {
    checkLaunch(place_);  // the device's own error tells more
    throw Error(ErrorCode::Internal, place_, refused.what());
  }
}

void checkLaunch(const std::string& place) {
  const cudaError_t status = cudaGetLastError();
  if (status != cudaSuccess) checkCuda(status, ("launch of " + place).c_str());
}

}  // namespace node_cudnn::cudnn
