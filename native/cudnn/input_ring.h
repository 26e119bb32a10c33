// Batches on their way to the device: while one is computed on, the next is copied and the one
// after that gathered. Each slot is pinned host memory and as much on the device.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "core/backend.h"
#include "device.h"
#include "memory.h"
#include "slot_contents.h"
#include "step_parameters.h"
#include "stream.h"

namespace node_cudnn::cudnn {

class InputRing {
 public:
  static constexpr std::size_t kSlots = 3;

  // All methods within Device::call.
  explicit InputRing(std::shared_ptr<Device> device);

  // Where `bytes` of rows for the schedule's source go. The first call behind a run takes the next
  // slot, and waits for the run that was fed from it. Throws OutOfMemory.
  void* stage(const Schedule& schedule, int source, HostType type, std::size_t bytes);

  // Sends the current slot to the device and, on the compute stream, its parameters to execution().
  // Throws Error(Internal) when the schedule was not fed.
  void submit(const Schedule& schedule, const StepState& state);
  // Marks that all that reads the submitted slot is on the compute stream.
  void markUsed();

  // Makes the slot that the schedule last ran from with this state current again. False when it is
  // overwritten.
  bool returnTo(const Schedule& schedule, const StepState& state);

  // On the device: the parameters of the run that was submitted last.
  const StepParameters* parameters() { return static_cast<StepParameters*>(parameters_.data()); }

 private:
  struct Slot {
    SlotContents contents;
    std::unique_ptr<PinnedMemory> host;
    StepState state;
    std::uint64_t run = 0;  // number of the last run from it; 0: none since it was filled
    Event copied;
    Event used;
  };

  Slot& current() { return slots_[current_]; }
  std::byte* onDevice(std::size_t slot);
  void advance();
  void grow(std::size_t bytes);
  void send(Slot& slot, std::size_t bytes);

  std::shared_ptr<Device> device_;
  std::array<Slot, kSlots> slots_;
  std::size_t current_ = 0;
  std::uint64_t runs_ = 0;
  std::size_t slotBytes_ = 0;
  std::unique_ptr<DeviceMemory> staging_;  // of all slots
  DeviceMemory parameters_;
};

}  // namespace node_cudnn::cudnn
