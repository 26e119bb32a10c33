// Every call of CUDA and cuDNN goes through these checks: the error tells the call, its status and
// the library's own last words.
#pragma once

#include <cuda_runtime_api.h>
#include <cudnn.h>

#include <stdexcept>
#include <string>
#include <string_view>

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
// Throws Refused with "<call>: <status>: <lastReason()>".
void checkCudnn(cudnnStatus_t status, const char* call);

// The most telling line of what cuDNN says of a refusal, which is one line for each engine that it
// tried and for each of its functions that passed the failure on:
// "CUDNN_STATUS_NOT_SUPPORTED_DATA_TYPE: TF32 data type is not supported at: ...".
std::string tellingReason(std::string_view words);
// That of cuDNN's last words in this thread, which it forgets by being asked. Empty for none.
std::string lastReason();

}  // namespace node_cudnn::cudnn

#define NODE_CUDNN_CUDA(call) ::node_cudnn::cudnn::checkCuda((call), #call)
#define NODE_CUDNN_CUDNN(call) ::node_cudnn::cudnn::checkCudnn((call), #call)
