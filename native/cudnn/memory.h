// Memory of a device, counted against the backend's limit, and host memory that the device copies
// from and to at full speed.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "core/backend.h"
#include "device.h"

namespace node_cudnn::cudnn {

class DeviceMemory final : public Memory {
 public:
  // Aligned to 256 bytes; not filled. Within Device::call. Throws OutOfMemory naming the purpose.
  DeviceMemory(std::shared_ptr<Device> device, std::size_t bytes, std::string_view purpose);
  // Waits for what may still use it.
  ~DeviceMemory() override;
  DeviceMemory(const DeviceMemory&) = delete;
  DeviceMemory& operator=(const DeviceMemory&) = delete;

  void* data() override { return data_; }
  std::size_t bytes() const override { return bytes_; }
  // Zeroes it, in the order of the compute stream.
  void clear();

 private:
  std::size_t allocated() const;

  std::shared_ptr<Device> device_;
  std::size_t bytes_;
  void* data_ = nullptr;
};

class PinnedMemory {
 public:
  // Throws OutOfMemory naming the purpose. The owner sees to it that no copy is under way when it
  // ends.
  PinnedMemory(std::size_t bytes, std::string_view purpose);
  ~PinnedMemory();
  PinnedMemory(const PinnedMemory&) = delete;
  PinnedMemory& operator=(const PinnedMemory&) = delete;

  std::byte* data() { return static_cast<std::byte*>(data_); }
  std::size_t bytes() const { return bytes_; }

 private:
  std::size_t bytes_;
  void* data_ = nullptr;
};

}  // namespace node_cudnn::cudnn
