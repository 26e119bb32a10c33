#include "device.h"

#include <utility>

namespace node_cudnn::cudnn {

Device::Device(int index, std::string name, std::size_t memoryLimit)
    : index_(index),
      description_("device " + std::to_string(index) + " (" + std::move(name) + ")"),
      budget_(index, memoryLimit) {
  NODE_CUDNN_CUDA(cudaSetDevice(index_));
  compute_ = std::make_unique<Stream>();
  copies_ = std::make_unique<Stream>();
}

Device::~Device() { drain(); }

MemoryState Device::memoryState() const {
  MemoryState state;
  NODE_CUDNN_CUDA(cudaMemGetInfo(&state.free, &state.total));
  return state;
}

void Device::enter(std::string_view what) {
  if (!lost_.empty()) throwLost(what);
  // An error that another library left behind is not this call's.
  static_cast<void>(cudaGetLastError());
  const cudaError_t status = cudaSetDevice(index_);
  if (status == cudaSuccess) return;
  try {
    checkCuda(status, "cudaSetDevice(index_)");
  } catch (const Error& error) {
    fail(what, error.code(), error.what());
  }
}

void Device::drain() noexcept {
  static_cast<void>(cudaSetDevice(index_));
  for (const auto* stream : {&copies_, &compute_}) {
    if (*stream) static_cast<void>(cudaStreamSynchronize((*stream)->get()));
  }
  static_cast<void>(cudaGetLastError());
}

// Errors that the context does not survive come back from every later call.
void Device::fail(std::string_view what, ErrorCode code, const std::string& message) {
  drain();
  const cudaError_t after = cudaStreamQuery(compute_->get());
  static_cast<void>(cudaGetLastError());
  if (after == cudaSuccess || after == cudaErrorNotReady) {
    throw Error(code, description_ + ", " + std::string(what), message);
  }
  lost_ = message;
  lostIn_ = what;
  throwLost(what);
}

void Device::throwLost(std::string_view what) const {
  throw Error(ErrorCode::Backend, description_ + ", " + std::string(what),
              "the device was lost" + (what == lostIn_ ? "" : " in " + lostIn_) + ": " + lost_ +
                  ". Its programs are gone, with the weights that were not saved; the process and "
                  "its 'cpu' backend go on");
}

}  // namespace node_cudnn::cudnn
