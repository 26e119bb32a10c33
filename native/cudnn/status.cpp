#include "status.h"

#include <array>

#include "core/error.h"

namespace node_cudnn::cudnn {
namespace {

struct Diagnosis {
  ErrorCode code;
  const char* remedy;
};

Diagnosis diagnose(cudaError_t status) {
  switch (status) {
    case cudaErrorMemoryAllocation:
      return {ErrorCode::OutOfMemory, "use a smaller batch, or free memory on the device"};
    case cudaErrorInsufficientDriver:
    case cudaErrorUnsupportedPtxVersion:
    case cudaErrorNoKernelImageForDevice:
      return {ErrorCode::Backend,
              "needed: an NVIDIA driver for CUDA 13 (580 or newer) and a device of compute "
              "capability 8.0 or newer; `npx node-cudnn doctor` tells what was found"};
    case cudaErrorNoDevice:
    case cudaErrorInvalidDevice:
    case cudaErrorStubLibrary:
    case cudaErrorInitializationError:
    case cudaErrorSystemDriverMismatch:
    case cudaErrorSystemNotReady:
    case cudaErrorCompatNotSupportedOnDevice:
    case cudaErrorDevicesUnavailable:
    case cudaErrorOperatingSystem:
      return {ErrorCode::Backend,
              "check that `nvidia-smi` lists the device, and CUDA_VISIBLE_DEVICES; "
              "`npx node-cudnn doctor` tells what was found"};
    case cudaErrorECCUncorrectable:
    case cudaErrorNvlinkUncorrectable:
    case cudaErrorHardwareStackError:
    case cudaErrorDeviceUninitialized:
    case cudaErrorContextIsDestroyed:
    case cudaErrorLaunchTimeout:
    case cudaErrorExternalDevice:
    case cudaErrorUnknown:
      return {ErrorCode::Backend,
              "the device is lost to this process: restart it to use the device again; the 'cpu' "
              "backend still works"};
    case cudaErrorIllegalAddress:
    case cudaErrorIllegalInstruction:
    case cudaErrorMisalignedAddress:
    case cudaErrorInvalidAddressSpace:
    case cudaErrorInvalidPc:
    case cudaErrorLaunchFailure:
    case cudaErrorAssert:
      return {ErrorCode::Internal,
              "the device is lost to this process: restart it to use the device again; please "
              "report this"};
    default:
      return {ErrorCode::Internal, "please report this"};
  }
}

}  // namespace

void checkCuda(cudaError_t status, const char* call) {
  if (status == cudaSuccess) return;
  // Otherwise the check behind the next launch would find this error again.
  static_cast<void>(cudaGetLastError());
  const Diagnosis diagnosis = diagnose(status);
  throw Error(diagnosis.code, "CUDA",
              std::string(call) + ": " + cudaGetErrorName(status) + ": " +
                  cudaGetErrorString(status) + "; " + diagnosis.remedy);
}

void checkCudnn(cudnnStatus_t status, const char* call) {
  if (status == CUDNN_STATUS_SUCCESS) return;
  std::array<char, 1024> words{};
  cudnnGetLastErrorString(words.data(), words.size());
  std::string message = std::string(call) + ": " + cudnnGetErrorString(status);
  if (words[0] != '\0') message.append(": ").append(words.data());
  throw Refused(status, message);
}

}  // namespace node_cudnn::cudnn
