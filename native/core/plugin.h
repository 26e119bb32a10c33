// A backend in a shared library of its own, opened at run time: the addon never links what the
// plugin needs. Both must come from one build: they share C++ types.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "backend.h"

namespace node_cudnn {

struct DeviceReport {
  int index = 0;  // as CUDA counts, after CUDA_VISIBLE_DEVICES
  std::string name;
  int computeCapability = 0;  // 90 for 9.0
  int multiprocessors = 0;
  std::size_t totalBytes = 0;
  std::size_t freeBytes = 0;
  std::string uuid;        // "GPU-..."
  std::string properties;  // what plans are made from, as text
  std::string problem;     // why it cannot be used; empty: it can
};

struct PluginReport {
  int driverVersion = 0;   // highest CUDA version that the driver knows, 13000 for 13.0; 0: none
  int runtimeVersion = 0;  // of the CUDA runtime that was loaded
  int builtForRuntime = 0;
  int cudnnVersion = 0;  // 92400 for 9.24.0
  int builtForCudnn = 0;
  int cudnnRuntime = 0;  // the CUDA version that cuDNN was built for
  std::string problem;   // why no device can be used; empty: at least one can
  std::string remedy;    // what to do about it
  std::vector<DeviceReport> devices;
};

struct Plugin {
  const char* build;  // equals pluginBuild() of the addon, or the two do not fit
  const char* backend;
  BackendFactory make;
  PluginReport (*report)();
};

// Compiler and interface version.
const char* pluginBuild();

// The one function that a plugin exports, under kPluginEntry, with C linkage.
using PluginEntry = const Plugin* (*)();
inline constexpr const char* kPluginEntry = "node_cudnn_plugin";

}  // namespace node_cudnn
