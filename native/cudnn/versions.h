// Whether driver, CUDA runtime and cuDNN fit together and to a device; asks no library.
#pragma once

#include <optional>
#include <span>
#include <string>

namespace node_cudnn::cudnn {

// CUDA versions are 1000 major + 10 minor, cuDNN's 10000 major + 100 minor + patch.
struct Versions {
  int driver = 0;   // highest CUDA version that the driver knows; 0: there is none
  int runtime = 0;  // of the CUDA runtime that was loaded
  int builtForRuntime = 0;
  int cudnn = 0;
  int builtForCudnn = 0;
  int cudnnRuntime = 0;  // the CUDA version that cuDNN was built for
};

struct Problem {
  std::string text;    // what was found and what is needed
  std::string remedy;  // what to do
};

std::optional<Problem> problemOf(const Versions& versions);

// Why a device of this compute capability (90 for 9.0) cannot be used; empty: it can. built: the
// capabilities that the kernels were compiled for, ascending.
std::string capabilityProblem(int capability, std::span<const int> built);

// "13.0", "9.24.0"
std::string cudaVersionText(int version);
std::string cudnnVersionText(int version);

}  // namespace node_cudnn::cudnn
