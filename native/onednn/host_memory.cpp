#include "host_memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <new>

#include "core/host_memory.h"

namespace node_cudnn::onednn {

namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::size_t kHugePage = std::size_t{2} << 20;

class HostMemory final : public Memory {
 public:
  explicit HostMemory(std::size_t bytes)
      : bytes_(bytes),
        alignment_(bytes >= kHugePage ? kHugePage : kAlignment),
        data_(::operator new (std::max(bytes, kAlignment), std::align_val_t{alignment_})) {
    if (alignment_ == kHugePage) madvise(data_, bytes_, MADV_HUGEPAGE);
    zero();
  }
  ~HostMemory() override { ::operator delete (data_, std::align_val_t{alignment_}); }
  HostMemory(const HostMemory&) = delete;
  HostMemory& operator=(const HostMemory&) = delete;

  void* data() override { return data_; }
  std::size_t bytes() const override { return bytes_; }

 private:
  void zero() {
    auto* bytes = static_cast<char*>(data_);
    const auto count = static_cast<std::int64_t>(std::max(bytes_, kAlignment));
    constexpr std::int64_t chunk = std::int64_t{1} << 22;
#pragma omp parallel for schedule(static)
    for (std::int64_t begin = 0; begin < count; begin += chunk) {
      std::fill(bytes + begin, bytes + std::min(begin + chunk, count), '\0');
    }
  }

  std::size_t bytes_;
  std::size_t alignment_;
  void* data_;
};

}  // namespace

std::unique_ptr<Memory> allocateHostMemory(std::size_t bytes, std::string_view purpose) {
  requireHostMemory(bytes, purpose);
  try {
    return std::make_unique<HostMemory>(bytes);
  } catch (const std::bad_alloc&) {
    refuseHostMemory(bytes, freeHostMemory(), purpose);
  }
}

}  // namespace node_cudnn::onednn
