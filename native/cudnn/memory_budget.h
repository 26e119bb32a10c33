// How much device memory one backend took, against its limit, and how much this process took on
// that device at most.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace node_cudnn::cudnn {

struct MemoryState {
  std::size_t free = 0;   // bytes that the device says are free
  std::size_t total = 0;  // bytes that it has
};

class MemoryBudget {
 public:
  // limit: bytes that this backend may take; 0: as many as there are.
  MemoryBudget(int device, std::size_t limit) : device_(device), limit_(limit) {}

  std::size_t limit() const { return limit_; }
  std::size_t used() const { return used_; }
  // Of all backends of this process on the device.
  std::size_t processPeak() const;

  // What the limit leaves of the free bytes.
  std::size_t available(std::size_t free) const;
  bool allows(std::size_t bytes) const { return limit_ == 0 || bytes <= available(bytes); }
  void take(std::size_t bytes);
  void giveBack(std::size_t bytes);

  // Throws OutOfMemory: wanted, free, total, peak and limit, in MiB. where: "device 0 (...)".
  [[noreturn]] void refuse(std::string_view purpose, std::size_t bytes, const MemoryState& state,
                           const std::string& where) const;

 private:
  int device_;
  std::size_t limit_;
  std::size_t used_ = 0;
};

}  // namespace node_cudnn::cudnn
