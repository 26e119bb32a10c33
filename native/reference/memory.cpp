#include "memory.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "core/host_memory.h"

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

}  // namespace

std::unique_ptr<Memory> allocateHost(std::size_t bytes, std::string_view purpose) {
  requireHostMemory(bytes, purpose);
  const std::size_t rounded =
      std::max((bytes + kAlignment - 1) / kAlignment * kAlignment, kAlignment);
  std::unique_ptr<void, Free> memory(std::aligned_alloc(kAlignment, rounded));
  if (!memory) refuseHostMemory(bytes, freeHostMemory(), purpose);
  std::memset(memory.get(), 0, rounded);
  return std::make_unique<HostMemory>(std::move(memory), bytes);
}

}  // namespace node_cudnn::reference
