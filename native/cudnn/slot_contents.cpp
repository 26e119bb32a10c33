#include "slot_contents.h"

#include <string>

#include "core/error.h"
#include "layout.h"

namespace node_cudnn::cudnn {

namespace {

constexpr std::size_t kAlignment = 256;

std::size_t aligned(std::size_t bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

}  // namespace

void SlotContents::begin(const Schedule& schedule) {
  clear();
  schedule_ = &schedule;
  sources_ = schedule.fed.size();
}

std::size_t SlotContents::add(int source, HostType type, std::size_t bytes) {
  Source& added = present_.at(static_cast<std::size_t>(source));
  if (added.offset != 0) {
    throw Error(ErrorCode::Internal, "input ring",
                "source " + std::to_string(source) + " was fed twice");
  }
  added = {type, aligned(bytes_)};
  bytes_ = added.offset + bytes;
  return added.offset;
}

bool SlotContents::has(int source) const {
  return present_.at(static_cast<std::size_t>(source)).offset != 0;
}

bool SlotContents::isComplete() const {
  for (std::size_t i = 0; i < sources_; ++i) {
    if (present_[i].offset == 0) return false;
  }
  return true;
}

StepParameters SlotContents::parameters(const StepState& state, const std::byte* slot) const {
  StepParameters parameters{};
  parameters.seed = state.seed;
  parameters.step = state.step;
  parameters.firstRow = state.firstRow;
  parameters.learningRate = state.learningRate;
  for (std::size_t i = 0; i < present_.size(); ++i) {
    if (present_[i].offset == 0) continue;
    parameters.sources[i] = {slot + present_[i].offset,
                             static_cast<std::int32_t>(present_[i].type)};
  }
  return parameters;
}

std::size_t roomFor(const Schedule& schedule, const SlotContents& contents, int source,
                    std::size_t bytes) {
  std::size_t room = aligned(contents.bytes()) + aligned(bytes);
  for (std::size_t i = 0; i < schedule.fed.size(); ++i) {
    const auto other = static_cast<int>(i);
    if (other == source || contents.has(other)) continue;
    const Buffer& buffer = schedule.buffers.at(static_cast<std::size_t>(schedule.fed[i]));
    room +=
        aligned(static_cast<std::size_t>(cudaLayout(*buffer.layout).elements()) * sizeof(float));
  }
  return room;
}

}  // namespace node_cudnn::cudnn
