#include "memory.h"

#include <algorithm>
#include <string>
#include <utility>

#include "status.h"

namespace node_cudnn::cudnn {

namespace {

constexpr std::size_t kLeast = 256;  // an address of its own for memory of no bytes

}  // namespace

DeviceMemory::DeviceMemory(std::shared_ptr<Device> device, std::size_t bytes,
                           std::string_view purpose)
    : device_(std::move(device)), bytes_(bytes) {
  MemoryBudget& budget = device_->budget();
  const auto refuse = [&](const MemoryState& state) {
    budget.refuse(purpose, bytes_, state, device_->description());
  };
  const MemoryState before = device_->memoryState();
  if (!budget.allows(allocated()) || allocated() > before.total) refuse(before);
  const cudaError_t status = cudaMalloc(&data_, allocated());
  if (status == cudaErrorMemoryAllocation) {
    static_cast<void>(cudaGetLastError());
    refuse(device_->memoryState());
  }
  checkCuda(status, "cudaMalloc(&data_, allocated())");
  budget.take(allocated());
}

DeviceMemory::~DeviceMemory() {
  device_->drain();
  static_cast<void>(cudaFree(data_));
  static_cast<void>(cudaGetLastError());
  device_->budget().giveBack(allocated());
}

std::size_t DeviceMemory::allocated() const { return std::max(bytes_, kLeast); }

void DeviceMemory::clear() {
  NODE_CUDNN_CUDA(cudaMemsetAsync(data_, 0, allocated(), device_->compute().get()));
}

PinnedMemory::PinnedMemory(std::size_t bytes, std::string_view purpose) : bytes_(bytes) {
  const cudaError_t status = cudaMallocHost(&data_, bytes_);
  if (status == cudaErrorMemoryAllocation) {
    static_cast<void>(cudaGetLastError());
    throw Error(ErrorCode::OutOfMemory, std::string(purpose),
                "needs " + std::to_string(bytes_ >> 20) +
                    " MiB of page-locked host memory, which the machine does not have; use a "
                    "smaller batch");
  }
  checkCuda(status, "cudaMallocHost(&data_, bytes_)");
}

PinnedMemory::~PinnedMemory() {
  static_cast<void>(cudaFreeHost(data_));
  static_cast<void>(cudaGetLastError());
}

}  // namespace node_cudnn::cudnn
