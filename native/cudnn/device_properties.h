// What plans are made from: the properties of a device, read from it or from a file. They are
// enough for cuDNN to choose and build engines for a device that is not there.
#pragma once

#include <cstddef>
#include <string>

namespace node_cudnn::cudnn {

struct DeviceProperties {
  std::string text;           // cuDNN's JSON representation, without a trailing newline
  std::string name;           // "NVIDIA H100 80GB HBM3"
  int computeCapability = 0;  // 90 for 9.0
  int multiprocessors = 0;
  std::size_t totalBytes = 0;  // of device memory
  std::size_t l2Bytes = 0;
  double memoryClockKilohertz = 0;

  // Throws Error(Backend) naming the field that is missing or no number.
  static DeviceProperties parse(std::string text);
  // Of the device with this CUDA index. Throws Error(Backend).
  static DeviceProperties ofDevice(int index);
};

}  // namespace node_cudnn::cudnn
