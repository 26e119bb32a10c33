// Every call of CUDA and cuDNN goes through these checks: the error tells the call, its status and
// the library's own last words.
#pragma once

#include <cuda_runtime_api.h>
#include <cudnn.h>

#include <stdexcept>
#include <string>

namespace node_cudnn::cudnn {

// cuDNN does not take a descriptor, a graph or an engine. Turned into the reason of a refusal, or
// into Error(Unsupported), where it is known for which op.
class Refused : public std::runtime_error {
 public:
  Refused(cudnnStatus_t status, const std::string& message)
      : std::runtime_error(message), status_(status) {}
  cudnnStatus_t status() const { return status_; }

 private:
  cudnnStatus_t status_;
};

// Throws Error: OutOfMemory for cudaErrorMemoryAllocation; Backend, with the remedy, for a missing
// or outdated driver and for a device that is lost; Internal otherwise.
void checkCuda(cudaError_t status, const char* call);
// Throws Refused with "<call>: <status>: <cudnnGetLastErrorString>".
void checkCudnn(cudnnStatus_t status, const char* call);

}  // namespace node_cudnn::cudnn

#define NODE_CUDNN_CUDA(call) ::node_cudnn::cudnn::checkCuda((call), #call)
#define NODE_CUDNN_CUDNN(call) ::node_cudnn::cudnn::checkCudnn((call), #call)
