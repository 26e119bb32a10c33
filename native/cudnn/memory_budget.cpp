#include "memory_budget.h"

#include <algorithm>
#include <array>
#include <atomic>

#include "core/error.h"

namespace node_cudnn::cudnn {

namespace {

struct DeviceUse {
  std::atomic<std::size_t> used;
  std::atomic<std::size_t> peak;
};

// CUDA numbers devices from 0; a machine with more than this shares the last one's count.
constexpr int kDevices = 64;
std::array<DeviceUse, kDevices> uses;

DeviceUse& useOf(int device) {
  return uses[static_cast<std::size_t>(std::clamp(device, 0, kDevices - 1))];
}

std::string mebibytes(std::size_t bytes) { return std::to_string(bytes >> 20) + " MiB"; }

}  // namespace

std::size_t MemoryBudget::processPeak() const { return useOf(device_).peak; }

std::size_t MemoryBudget::available(std::size_t free) const {
  if (limit_ == 0) return free;
  return std::min(free, limit_ > used_ ? limit_ - used_ : 0);
}

void MemoryBudget::take(std::size_t bytes) {
  used_ += bytes;
  DeviceUse& use = useOf(device_);
  const std::size_t now = use.used.fetch_add(bytes) + bytes;
  std::size_t peak = use.peak.load();
  while (now > peak && !use.peak.compare_exchange_weak(peak, now)) {
  }
}

void MemoryBudget::giveBack(std::size_t bytes) {
  used_ -= bytes;
  useOf(device_).used.fetch_sub(bytes);
}

void MemoryBudget::refuse(std::string_view purpose, std::size_t bytes, const MemoryState& state,
                          const std::string& where) const {
  std::string message = "needs " + mebibytes(bytes) + " of " + where +
                        "; free: " + mebibytes(state.free) + " of " + mebibytes(state.total) +
                        ", taken by this process: at most " + mebibytes(processPeak());
  if (limit_ != 0) {
    message += ", taken of the memory limit: " + mebibytes(used_) + " of " + mebibytes(limit_);
  }
  throw OutOfMemory(std::string(purpose), message + "; use a smaller batch or model", bytes,
                    available(state.free));
}

}  // namespace node_cudnn::cudnn
