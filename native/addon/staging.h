// Copies of what JavaScript passes in. A buffer can be transferred, resized or written to once its
// call has returned, so that no other thread may read it in place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <utility>

namespace node_cudnn {

class Staging;

// Memory for the copies of one call; given back when the call is over.
class StagedBytes {
 public:
  StagedBytes() = default;
  StagedBytes(std::shared_ptr<Staging> owner, std::unique_ptr<std::byte[]> data, std::size_t size)
      : owner_(std::move(owner)), data_(std::move(data)), size_(size) {}
  StagedBytes(StagedBytes&&) = default;
  StagedBytes& operator=(StagedBytes&& other) noexcept {
    std::swap(owner_, other.owner_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~StagedBytes();

  std::byte* data() const { return data_.get(); }

 private:
  std::shared_ptr<Staging> owner_;
  std::unique_ptr<std::byte[]> data_;
  std::size_t size_ = 0;
};

// Keeps the memory of a call that is over for the next one.
class Staging : public std::enable_shared_from_this<Staging> {
 public:
  // At least so many bytes, aligned for every number. Throws OutOfMemory.
  StagedBytes take(std::size_t bytes);
  // The same for a call that is seldom made: nothing is kept.
  static StagedBytes takeOnce(std::size_t bytes);

 private:
  friend class StagedBytes;
  void giveBack(std::unique_ptr<std::byte[]> data, std::size_t size);

  std::mutex mutex_;
  std::unique_ptr<std::byte[]> idle_;
  std::size_t idleSize_ = 0;
};

// Copies on several cores where that pays.
void copyBytes(std::byte* to, const void* from, std::size_t bytes);

struct RowsToCopy {
  const void* data;
  std::size_t rowBytes;
  std::int64_t first;  // without indices: the row to begin with,
  std::int64_t count;  // and how many
  std::span<const std::int32_t> indices;
};
void copyRows(std::byte* to, const RowsToCopy& rows);

}  // namespace node_cudnn
