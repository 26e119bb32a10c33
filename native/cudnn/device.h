// One CUDA device as one backend uses it: a stream for computing, one for copies, the memory taken
// there, and whether the device is lost.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/error.h"
#include "memory_budget.h"
#include "status.h"
#include "stream.h"

namespace node_cudnn::cudnn {

class Device {
 public:
  // memoryLimit: bytes, 0 for none. Throws Error(Backend).
  Device(int index, std::string name, std::size_t memoryLimit);
  ~Device();
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  Stream& compute() { return *compute_; }
  Stream& copies() { return *copies_; }
  MemoryBudget& budget() { return budget_; }
  MemoryState memoryState() const;
  int index() const { return index_; }
  // "device 0 (NVIDIA H100 80GB HBM3)"
  const std::string& description() const { return description_; }

  // Runs the action with this device current for the calling thread. what: "step 12", "allocate";
  // errors say it. After a failure nothing that was started is left running. Throws Error(Backend)
  // without calling when the device is lost, and when the action loses it.
  template <typename Action>
  auto call(std::string_view what, const Action& action) -> decltype(action()) {
    enter(what);
    try {
      return action();
    } catch (const OutOfMemory&) {
      drain();
      throw;
    } catch (const Error& error) {
      fail(what, error.code(), error.what());
    } catch (const Refused& refused) {
      fail(what, ErrorCode::Internal, refused.what());
    }
  }

  // Waits for both streams. Never throws: for destructors, on a device that may be lost.
  void drain() noexcept;

 private:
  void enter(std::string_view what);
  [[noreturn]] void fail(std::string_view what, ErrorCode code, const std::string& message);
  [[noreturn]] void throwLost(std::string_view what) const;

  int index_;
  std::string description_;
  MemoryBudget budget_;
  std::string lost_;  // the error; empty while it is not
  std::string lostIn_;
  std::unique_ptr<Stream> compute_;
  std::unique_ptr<Stream> copies_;
};

}  // namespace node_cudnn::cudnn
