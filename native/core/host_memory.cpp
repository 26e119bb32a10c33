#include "host_memory.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <new>
#include <string>

#include "error.h"

namespace node_cudnn {

namespace {

constexpr std::size_t kUnknown = std::numeric_limits<std::size_t>::max();
// Looking memory up takes as long as touching this much of it.
constexpr std::size_t kNotLookedUp = std::size_t{4} << 20;
// Under a limit of its own the process needs room for threads' stacks and the JavaScript heap.
constexpr std::size_t kReserve = std::size_t{64} << 20;

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

// What a limit of the process leaves of `used` bytes.
std::size_t leftOfLimit(decltype(RLIMIT_AS) resource, std::size_t used) {
  rlimit limit{};
  if (getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return kUnknown;
  const auto most = static_cast<std::size_t>(limit.rlim_cur);
  return most > used + kReserve ? most - used - kReserve : 0;
}

// What `ulimit -v` and `ulimit -d` leave.
std::size_t leftInLimits() {
  std::ifstream file("/proc/self/statm");
  std::size_t size = 0, resident = 0, shared = 0, text = 0, library = 0, data = 0;
  if (!(file >> size >> resident >> shared >> text >> library >> data)) return kUnknown;
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return std::min(leftOfLimit(RLIMIT_AS, size * page), leftOfLimit(RLIMIT_DATA, data * page));
}

std::string mebibytes(std::size_t bytes) { return std::to_string(bytes >> 20) + " MiB"; }

}  // namespace

std::size_t freeHostMemory() {
  return std::min({availableOnMachine(), leftInGroups(), leftInLimits()});
}

void refuseHostMemory(std::size_t bytes, std::size_t free, std::string_view purpose) {
  throw OutOfMemory(std::string(purpose),
                    "needs " + mebibytes(bytes) + ", and " + mebibytes(free) +
                        " are free; take fewer samples at once, or a smaller model",
                    bytes, free);
}

void requireHostMemory(std::size_t bytes, std::string_view purpose) {
  if (bytes <= kNotLookedUp) return;
  const std::size_t free = freeHostMemory();
  if (bytes > free) refuseHostMemory(bytes, free, purpose);
}

std::vector<float> hostFloats(std::int64_t count, std::string_view purpose) {
  const std::size_t bytes = static_cast<std::size_t>(count) * sizeof(float);
  requireHostMemory(bytes, purpose);
  try {
    return std::vector<float>(static_cast<std::size_t>(count));
  } catch (const std::bad_alloc&) {
    refuseHostMemory(bytes, freeHostMemory(), purpose);
  }
}

}  // namespace node_cudnn
