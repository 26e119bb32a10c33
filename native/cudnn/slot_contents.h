// What one slot of the input ring holds: the step's parameters, then the rows of each source.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/backend.h"
#include "step_parameters.h"

namespace node_cudnn::cudnn {

class SlotContents {
 public:
  // Empties the slot for a batch of this schedule.
  void begin(const Schedule& schedule);
  void clear() { *this = {}; }

  // The schedule's sources, as the host array has them, at an aligned place behind the others;
  // returns its offset. Throws Error(Internal) for a source that is there already.
  std::size_t add(int source, HostType type, std::size_t bytes);

  bool isOf(const Schedule& schedule) const { return schedule_ == &schedule; }
  bool has(int source) const;
  // Whether every source of the schedule is there.
  bool isComplete() const;
  // Bytes used so far.
  std::size_t bytes() const { return bytes_; }

  // slot: the address of the device's copy of this slot.
  StepParameters parameters(const StepState& state, const std::byte* slot) const;

 private:
  struct Source {
    HostType type = HostType::Float32;
    std::size_t offset = 0;  // 0: absent; the parameters lie there
  };

  const Schedule* schedule_ = nullptr;  // compared, never followed, after begin()
  std::size_t sources_ = 0;             // that the schedule has
  std::array<Source, kMaxFeeds> present_{};
  std::size_t bytes_ = sizeof(StepParameters);
};

// Room for a whole batch of the schedule: `bytes` of the given source, and for each source that is
// not there yet as much as its widest host type takes.
std::size_t roomFor(const Schedule& schedule, const SlotContents& contents, int source,
                    std::size_t bytes);

}  // namespace node_cudnn::cudnn
