#include "host_memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <limits>
#include <new>
#include <string>

#include "core/error.h"

namespace node_cudnn::onednn {

namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::size_t kHugePage = std::size_t{2} << 20;
constexpr std::size_t kUnknown = std::numeric_limits<std::size_t>::max();

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

// The number at the start of a file of the kernel's, or kUnknown ("max", no such file).
std::size_t numberIn(const std::string& path) {
  std::ifstream file(path);
  std::size_t value = 0;
  return file >> value ? value : kUnknown;
}

std::size_t availableOnMachine() {
  std::ifstream file("/proc/meminfo");
  std::string key;
  std::size_t kibibytes = 0;
  std::string unit;
  while (file >> key >> kibibytes && std::getline(file, unit)) {
    if (key == "MemAvailable:") return kibibytes * 1024;
  }
  return kUnknown;
}

// The value of "<key> <number>" in a control group's memory.stat, 0 when it is missing.
std::size_t statistic(const std::string& path, const std::string& key) {
  std::ifstream file(path);
  std::string name;
  std::size_t value = 0;
  while (file >> name >> value) {
    if (name == key) return value;
  }
  return 0;
}

// Page cache counts as used in a control group, but is given back under pressure.
std::size_t leftInGroup(const std::string& folder, const char* limitFile, const char* usedFile) {
  const std::size_t limit = numberIn(folder + limitFile);
  const std::size_t used = numberIn(folder + usedFile);
  if (limit == kUnknown || used == kUnknown) return kUnknown;
  const std::size_t cache = statistic(folder + "memory.stat", "inactive_file");
  const std::size_t held = used > cache ? used - cache : 0;
  return limit > held ? limit - held : 0;
}

// The folder of this process's control group (version 2) under /sys/fs/cgroup, "" for the root.
std::string ownGroup() {
  std::ifstream file("/proc/self/cgroup");
  std::string line;
  while (std::getline(file, line)) {
    if (line.starts_with("0::")) return line.size() > 4 ? line.substr(3) : "";
  }
  return "";
}

// What the group and those around it leave.
std::size_t leftInGroups() {
  const std::string root = "/sys/fs/cgroup";
  std::size_t left =
      leftInGroup(root + "/memory/", "memory.limit_in_bytes", "memory.usage_in_bytes");
  std::string group = ownGroup();
  while (true) {
    left = std::min(left, leftInGroup(root + group + "/", "memory.max", "memory.current"));
    const std::size_t slash = group.rfind('/');
    if (slash == std::string::npos) return left;
    group.resize(slash);
  }
}

std::string mebibytes(std::size_t bytes) { return std::to_string(bytes >> 20) + " MiB"; }

[[noreturn]] void refuse(std::size_t bytes, std::size_t free, std::string_view purpose) {
  throw OutOfMemory(std::string(purpose),
                    "needs " + mebibytes(bytes) + ", and " + mebibytes(free) +
                        " are free; use a smaller batch or model",
                    bytes, free);
}

}  // namespace

std::size_t freeHostMemory() { return std::min(availableOnMachine(), leftInGroups()); }

std::unique_ptr<Memory> allocateHostMemory(std::size_t bytes, std::string_view purpose) {
  const std::size_t free = freeHostMemory();
  if (bytes > free) refuse(bytes, free, purpose);
  try {
    return std::make_unique<HostMemory>(bytes);
  } catch (const std::bad_alloc&) {
    refuse(bytes, free, purpose);
  }
}

}  // namespace node_cudnn::onednn
