#include "versions.h"

namespace node_cudnn::cudnn {

namespace {

constexpr int kLeastCudnn = 91900;    // 9.14 ends the process while it plans
constexpr int kLeastCapability = 75;  // Turing, the oldest that this cuDNN has engines for

int cudaMajor(int version) { return version / 1000; }

std::string capabilityText(int capability) {
  return std::to_string(capability / 10) + '.' + std::to_string(capability % 10);
}

// Machine code runs on devices of the same major version, from its own minor one on; what was built
// last can be compiled anew for every later device.
bool covers(std::span<const int> built, int capability) {
  for (const int architecture : built) {
    if (architecture / 10 == capability / 10 && architecture <= capability) return true;
  }
  return !built.empty() && built.back() <= capability;
}

}  // namespace

std::string cudaVersionText(int version) {
  return std::to_string(cudaMajor(version)) + '.' + std::to_string(version % 1000 / 10);
}

std::string cudnnVersionText(int version) {
  return std::to_string(version / 10000) + '.' + std::to_string(version % 10000 / 100) + '.' +
         std::to_string(version % 100);
}

std::optional<Problem> problemOf(const Versions& versions) {
  const std::string runtime = "CUDA " + cudaVersionText(versions.runtime);
  const std::string major = std::to_string(cudaMajor(versions.runtime));
  if (versions.driver == 0) {
    return Problem{"found no NVIDIA driver; needed: one for " + runtime,
                   "install NVIDIA's driver (on Debian and Ubuntu: apt-get install nvidia-driver) "
                   "and check it with nvidia-smi; in a container, start it with --gpus all"};
  }
  // Minor versions of one major work with each other.
  if (cudaMajor(versions.driver) < cudaMajor(versions.runtime)) {
    return Problem{"the NVIDIA driver is for CUDA " + cudaVersionText(versions.driver) +
                       "; needed: for CUDA " + major + ".0 or newer",
                   "install a newer driver, or a node-cudnn that was built for CUDA " +
                       std::to_string(cudaMajor(versions.driver))};
  }
  if (cudaMajor(versions.runtime) != cudaMajor(versions.builtForRuntime)) {
    return Problem{"found the runtime of " + runtime + "; needed: CUDA " +
                       std::to_string(cudaMajor(versions.builtForRuntime)) + ", which this was " +
                       "built for",
                   "install that CUDA runtime, or build node-cudnn again: npm run build"};
  }
  if (versions.cudnn < kLeastCudnn || versions.cudnn / 10000 != versions.builtForCudnn / 10000) {
    return Problem{"found cuDNN " + cudnnVersionText(versions.cudnn) + "; needed: " +
                       cudnnVersionText(kLeastCudnn) + " or newer, of major version " +
                       std::to_string(versions.builtForCudnn / 10000),
                   "pip install --upgrade nvidia-cudnn-cu" + major};
  }
  if (cudaMajor(versions.cudnnRuntime) != cudaMajor(versions.runtime)) {
    return Problem{"found a cuDNN for CUDA " + cudaVersionText(versions.cudnnRuntime) +
                       "; needed: one for " + runtime,
                   "pip install nvidia-cudnn-cu" + major};
  }
  return std::nullopt;
}

std::string capabilityProblem(int capability, std::span<const int> built) {
  const std::string found = "found compute capability " + capabilityText(capability) + "; needed: ";
  if (capability < kLeastCapability) {
    return found + capabilityText(kLeastCapability) + " or newer";
  }
  if (covers(built, capability)) return "";
  std::string known;
  for (const int architecture : built) {
    known += (known.empty() ? "" : ", ") + capabilityText(architecture);
  }
  return found + "one that this build has kernels for (" + known +
         "). Build node-cudnn with NODE_CUDNN_CUDA_ARCHITECTURES=" + std::to_string(capability);
}

}  // namespace node_cudnn::cudnn
