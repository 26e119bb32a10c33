#include "memory.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <limits>
#include <string>

#include "core/error.h"

namespace node_cudnn::reference {

namespace {

constexpr std::size_t kAlignment = 64;

struct Free {
  void operator()(void* memory) const { std::free(memory); }
};

class HostMemory : public Memory {
 public:
  HostMemory(std::unique_ptr<void, Free> memory, std::size_t bytes)
      : memory_(std::move(memory)), bytes_(bytes) {}
  void* data() override { return memory_.get(); }
  std::size_t bytes() const override { return bytes_; }

 private:
  std::unique_ptr<void, Free> memory_;
  std::size_t bytes_;
};

// What the kernel says can be had without swapping; no limit where it does not say.
std::size_t availableBytes() {
  std::ifstream file("/proc/meminfo");
  std::string name;
  std::size_t kibibytes = 0;
  for (std::string unit; file >> name >> kibibytes; std::getline(file, unit)) {
    if (name == "MemAvailable:") return kibibytes * 1024;
  }
  return std::numeric_limits<std::size_t>::max();
}

std::string mebibytes(std::size_t bytes) { return std::to_string(bytes >> 20) + " MiB"; }

[[noreturn]] void refuse(std::size_t bytes, std::size_t available, std::string_view purpose) {
  throw OutOfMemory(std::string(purpose),
                    "needs " + mebibytes(bytes) + ", but " + mebibytes(available) +
                        " are available; use a smaller batch or model",
                    bytes, available);
}

}  // namespace

std::unique_ptr<Memory> allocateHost(std::size_t bytes, std::string_view purpose) {
  const std::size_t available = availableBytes();
  if (bytes > available - kAlignment) refuse(bytes, available, purpose);
  const std::size_t rounded =
      std::max((bytes + kAlignment - 1) / kAlignment * kAlignment, kAlignment);
  std::unique_ptr<void, Free> memory(std::aligned_alloc(kAlignment, rounded));
  if (!memory) refuse(bytes, available, purpose);
  std::memset(memory.get(), 0, rounded);
  return std::make_unique<HostMemory>(std::move(memory), bytes);
}

}  // namespace node_cudnn::reference
