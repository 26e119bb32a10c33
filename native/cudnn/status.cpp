#include "status.h"

#include <vector>

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

constexpr std::string_view kWarning = "Warning: ";
constexpr std::string_view kAt = " at: ";
constexpr std::string_view kReason = "; Reason: ";
constexpr std::size_t kReasonLength = 240;

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// How much a line tells of why a graph is refused; 0: nothing.
int rankOf(std::string_view line) {
  // Names an engine and its knobs, or a count of results.
  if (line.empty() || line.front() == '{' || line.starts_with(kAt)) return 0;
  const std::size_t mark = line.find(kReason);
  if (mark == std::string_view::npos) return 4;
  const std::string_view status = line.substr(0, mark);
  const std::string_view reason = line.substr(mark + kReason.size());
  // A function that passes on the failure of another.
  if (reason.ends_with(')') && !contains(reason, " ")) return 1;
  if (contains(reason, "== status")) return 1;
  // Says what one engine is for, not why the graph has no other.
  if (contains(reason, "engine is only supported") || contains(reason, "engine only supports")) {
    return 2;
  }
  if (status.ends_with("DATA_TYPE")) return 5;
  return status.ends_with("ARCH_MISMATCH") || status.ends_with("NOT_SUPPORTED") ? 3 : 4;
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
  const std::string reason = lastReason();
  throw Refused(status, std::string(call) + ": " + cudnnGetErrorString(status) +
                            (reason.empty() ? "" : ": " + reason));
}

std::string tellingReason(std::string_view words) {
  std::string_view best;
  int bestRank = 0;
  while (!words.empty()) {
    const std::size_t end = words.find('\n');
    const std::string_view line = words.substr(0, end);
    words.remove_prefix(end == std::string_view::npos ? words.size() : end + 1);
    const int rank = rankOf(line);
    if (rank > bestRank) {
      best = line;
      bestRank = rank;
    }
  }
  if (best.starts_with(kWarning)) best.remove_prefix(kWarning.size());
  // The library's condition; what stands before it says the same in words.
  best = best.substr(0, best.find(kAt));
  std::string text(best.substr(0, kReasonLength));
  const std::size_t mark = text.find(kReason);
  if (mark != std::string::npos) text.replace(mark, kReason.size(), ": ");
  return best.size() > kReasonLength ? text + "..." : text;
}

std::string lastReason() {
  std::vector<char> words(std::size_t{1} << 16);
  cudnnGetLastErrorString(words.data(), words.size());
  return tellingReason(words.data());
}

}  // namespace node_cudnn::cudnn
