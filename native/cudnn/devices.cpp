#include "devices.h"

#include <cuda_runtime_api.h>
#include <cudnn.h>

#include <array>
#include <exception>
#include <vector>

#include "core/error.h"
#include "device_properties.h"
#include "kernels/architectures.h"
#include "status.h"

namespace node_cudnn::cudnn {

namespace {

constexpr const char* kNoDevice =
    "found no NVIDIA device; needed: one that nvidia-smi lists, and CUDA_VISIBLE_DEVICES not to "
    "hide it";

[[noreturn]] void refuse(const Problem& problem) {
  throw Error(ErrorCode::Backend, "backend 'cuda'", problem.text + ". " + problem.remedy);
}

int deviceCount() {
  int count = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (status == cudaErrorNoDevice) {
    static_cast<void>(cudaGetLastError());
    return 0;
  }
  checkCuda(status, "cudaGetDeviceCount(&count)");
  return count;
}

// "GPU-01234567-89ab-cdef-0123-456789abcdef"
std::string uuidText(const cudaUUID_t& uuid) {
  constexpr std::array<char, 17> kDigits{"0123456789abcdef"};
  std::string text = "GPU";
  for (std::size_t i = 0; i < sizeof uuid.bytes; ++i) {
    if (i == 0 || i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    const auto byte = static_cast<unsigned char>(uuid.bytes[i]);
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

int capabilityOf(int index) {
  int major = 0;
  int minor = 0;
  NODE_CUDNN_CUDA(cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, index));
  NODE_CUDNN_CUDA(cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, index));
  return 10 * major + minor;
}

void describe(DeviceReport& device) {
  cudaDeviceProp properties{};
  NODE_CUDNN_CUDA(cudaGetDeviceProperties(&properties, device.index));
  device.name = properties.name;
  device.computeCapability = 10 * properties.major + properties.minor;
  device.multiprocessors = properties.multiProcessorCount;
  device.totalBytes = properties.totalGlobalMem;
  device.uuid = uuidText(properties.uuid);
  device.problem = capabilityProblem(device.computeCapability, builtArchitectures());
  NODE_CUDNN_CUDA(cudaSetDevice(device.index));
  NODE_CUDNN_CUDA(cudaMemGetInfo(&device.freeBytes, &device.totalBytes));
  device.properties = DeviceProperties::ofDevice(device.index).text;
}

DeviceReport reportOf(int index) {
  DeviceReport device;
  device.index = index;
  try {
    describe(device);
  } catch (const std::exception& error) {
    if (device.problem.empty()) device.problem = error.what();
  }
  return device;
}

void addDevices(PluginReport& report) {
  const int count = deviceCount();
  for (int index = 0; index < count; ++index) report.devices.push_back(reportOf(index));
  for (const DeviceReport& device : report.devices) {
    if (device.problem.empty()) return;
  }
  if (report.devices.empty()) {
    report.problem = kNoDevice;
    report.remedy =
        "run nvidia-smi; look at CUDA_VISIBLE_DEVICES; in a container, start it with "
        "--gpus all";
    return;
  }
  report.problem = "device 0 cannot be used: " + report.devices.front().problem;
  report.remedy = "use another device or the 'cpu' backend";
}

}  // namespace

Versions loadedVersions() {
  Versions versions;
  NODE_CUDNN_CUDA(cudaDriverGetVersion(&versions.driver));
  NODE_CUDNN_CUDA(cudaRuntimeGetVersion(&versions.runtime));
  versions.builtForRuntime = CUDART_VERSION;
  versions.cudnn = static_cast<int>(cudnnGetVersion());
  versions.builtForCudnn = CUDNN_VERSION;
  versions.cudnnRuntime = static_cast<int>(cudnnGetCudartVersion());
  return versions;
}

PluginReport deviceReport() {
  PluginReport report;
  try {
    const Versions versions = loadedVersions();
    report.driverVersion = versions.driver;
    report.runtimeVersion = versions.runtime;
    report.builtForRuntime = versions.builtForRuntime;
    report.cudnnVersion = versions.cudnn;
    report.builtForCudnn = versions.builtForCudnn;
    report.cudnnRuntime = versions.cudnnRuntime;
    if (const auto problem = problemOf(versions)) {
      report.problem = problem->text;
      report.remedy = problem->remedy;
      return report;
    }
    addDevices(report);
  } catch (const std::exception& error) {
    report.problem = error.what();
    report.remedy = "run nvidia-smi: what it cannot do, this backend cannot do either";
  }
  return report;
}

void requireDevice(int index) {
  if (const auto problem = problemOf(loadedVersions())) refuse(*problem);
  const int count = deviceCount();
  if (count == 0) refuse({kNoDevice, "Run nvidia-smi; in a container, start it with --gpus all"});
  if (index >= count) {
    refuse({"found " + std::to_string(count) + " device" + (count == 1 ? "" : "s") +
                ", numbered from 0; needed: device " + std::to_string(index),
            "Name one that listDevices() tells"});
  }
  const std::string problem = capabilityProblem(capabilityOf(index), builtArchitectures());
  if (!problem.empty()) {
    refuse({"device " + std::to_string(index) + " cannot be used: " + problem,
            "Use another device or the 'cpu' backend"});
  }
}

void requirePlanner() {
  Versions versions = loadedVersions();
  versions.driver = versions.runtime;  // plans need none
  if (const auto problem = problemOf(versions)) refuse(*problem);
}

}  // namespace node_cudnn::cudnn
