// The doubles that the host looks at after each run: collected on the device, copied to pinned
// memory behind the run, and handed out when their copy has arrived.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "core/backend.h"
#include "device.h"
#include "memory.h"
#include "stream.h"

namespace node_cudnn::cudnn {

class Observations {
 public:
  // All methods within Device::call.
  explicit Observations(std::shared_ptr<Device> device) : device_(std::move(device)) {}

  // Makes room, so that collect() and record() allocate nothing. May move the row.
  void prepare(std::span<const Watched> watched);
  // Where collect() puts the values.
  const void* row() const { return row_ ? row_->data() : nullptr; }
  // Collects the values into the row. May be captured.
  void collect(std::span<const Watched> watched);
  // Copies the row to the host, behind everything on the compute stream.
  void record(std::span<const Watched> watched, const StepState& state);

  // The runs whose values have arrived, oldest first; waits until at most `pending` have not.
  std::vector<Observation> take(std::size_t pending);

 private:
  static constexpr std::size_t kRows = 4;

  struct Pending {
    StepState state;
    std::size_t count = 0;
    std::size_t row = 0;
  };

  double* onHost(std::size_t row);
  void finishOldest();

  std::shared_ptr<Device> device_;
  std::size_t capacity_ = 0;  // doubles of a row
  std::unique_ptr<DeviceMemory> row_;
  std::unique_ptr<PinnedMemory> rows_;  // kRows of them
  std::array<Event, kRows> arrived_;
  std::size_t next_ = 0;
  std::deque<Pending> pending_;
  std::vector<Observation> finished_;
};

}  // namespace node_cudnn::cudnn
