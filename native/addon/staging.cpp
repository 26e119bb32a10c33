#include "staging.h"

#include <omp.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "core/address_space.h"
#include "core/error.h"
#include "core/host_memory.h"

namespace node_cudnn {

namespace {

// Waking the other cores takes as long as copying some of this.
constexpr std::size_t kCopiedAlone = std::size_t{4} << 20;
constexpr std::size_t kChunk = std::size_t{1} << 20;
// A few cores take all the bandwidth that the memory has.
constexpr int kMostThreads = 8;

constexpr const char* kPurpose = "a copy of the arrays that were passed in";

// OpenMP ends the process where it cannot start its threads, which it keeps for this one: they are
// started where there is room, else this thread copies alone.
int copyingThreads() {
  static thread_local int threads = 1;
  if (threads > 1) return threads;
  const int wanted = std::min(omp_get_num_procs(), kMostThreads);
  try {
    requireAddressSpace(static_cast<std::size_t>(wanted) * 2 * threadStackBytes(), kPurpose);
    threads = wanted;
  } catch (const OutOfMemory&) {
    return 1;
  }
  return threads;
}

std::unique_ptr<std::byte[]> allocate(std::size_t bytes) {
  requireHostMemory(bytes, kPurpose);
  try {
    return std::make_unique_for_overwrite<std::byte[]>(bytes);
  } catch (const std::bad_alloc&) {
    refuseHostMemory(bytes, freeHostMemory(), kPurpose);
  }
}

}  // namespace

StagedBytes::~StagedBytes() {
  if (owner_ != nullptr && data_ != nullptr) owner_->giveBack(std::move(data_), size_);
}

StagedBytes Staging::take(std::size_t bytes) {
  {
    const std::lock_guard lock(mutex_);
    // Memory that is much too large would stay for as long as the program is used.
    if (idle_ != nullptr && idleSize_ >= bytes && idleSize_ / 4 <= bytes) {
      return {shared_from_this(), std::move(idle_), std::exchange(idleSize_, 0)};
    }
    idle_.reset();
    idleSize_ = 0;
  }
  return {shared_from_this(), allocate(bytes), bytes};
}

StagedBytes Staging::takeOnce(std::size_t bytes) { return {nullptr, allocate(bytes), bytes}; }

void Staging::giveBack(std::unique_ptr<std::byte[]> data, std::size_t size) {
  const std::lock_guard lock(mutex_);
  if (size < idleSize_) return;
  idle_ = std::move(data);
  idleSize_ = size;
}

void copyBytes(std::byte* to, const void* from, std::size_t bytes) {
  const auto* source = static_cast<const std::byte*>(from);
  if (bytes <= kCopiedAlone) {
    if (bytes > 0) std::memcpy(to, source, bytes);
    return;
  }
  const auto chunks = static_cast<std::int64_t>((bytes + kChunk - 1) / kChunk);
#pragma omp parallel for schedule(static) num_threads(copyingThreads())
  for (std::int64_t i = 0; i < chunks; ++i) {
    const std::size_t begin = static_cast<std::size_t>(i) * kChunk;
    std::memcpy(to + begin, source + begin, std::min(kChunk, bytes - begin));
  }
}

void copyRows(std::byte* to, const RowsToCopy& rows) {
  const auto* data = static_cast<const std::byte*>(rows.data);
  const std::size_t bytes = rows.rowBytes;
  if (rows.indices.empty()) {
    const std::byte* from = data + static_cast<std::size_t>(rows.first) * bytes;
    return copyBytes(to, from, static_cast<std::size_t>(rows.count) * bytes);
  }
  const auto count = static_cast<std::int64_t>(rows.indices.size());
#pragma omp parallel for schedule(static) \
    num_threads(copyingThreads()) if (rows.indices.size() * bytes > kCopiedAlone)
  for (std::int64_t i = 0; i < count; ++i) {
    const auto position = static_cast<std::size_t>(i);
    const auto row = static_cast<std::size_t>(rows.indices[position]);
    std::memcpy(to + position * bytes, data + row * bytes, bytes);
  }
}

}  // namespace node_cudnn
