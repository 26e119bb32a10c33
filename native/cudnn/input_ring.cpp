#include "input_ring.h"

#include <cstring>
#include <utility>

#include "core/error.h"
#include "status.h"

namespace node_cudnn::cudnn {

namespace {

constexpr std::size_t kGranularity = std::size_t{64} << 10;
constexpr const char* kPurpose = "batches on their way to the device";

bool sameStep(const StepState& a, const StepState& b) {
  return a.seed == b.seed && a.step == b.step && a.firstRow == b.firstRow &&
         a.learningRate == b.learningRate;
}

}  // namespace

InputRing::InputRing(std::shared_ptr<Device> device)
    : device_(std::move(device)), parameters_(device_, sizeof(StepParameters), "step parameters") {
  grow(sizeof(StepParameters));
}

std::byte* InputRing::onDevice(std::size_t slot) {
  return static_cast<std::byte*>(staging_->data()) + slot * slotBytes_;
}

// The next slot behind a run; what is in it may still be read, by a copy or by its run.
void InputRing::advance() {
  current_ = (current_ + 1) % kSlots;
  if (current().run != 0 && !current().used.isDone()) current().used.wait();
  current().run = 0;
  current().contents.clear();
}

void* InputRing::stage(const Schedule& schedule, int source, HostType type, std::size_t bytes) {
  if (current().run != 0) advance();
  SlotContents& contents = current().contents;
  // A batch that was not fed to its end is dropped.
  if (!contents.isOf(schedule) || contents.has(source)) contents.begin(schedule);
  const std::size_t room = roomFor(schedule, contents, source, bytes);
  if (room > slotBytes_) grow(room);
  return current().host->data() + contents.add(source, type, bytes);
}

// Only the current slot's rows are carried over.
void InputRing::grow(std::size_t bytes) {
  const std::size_t wanted = (bytes + kGranularity - 1) / kGranularity * kGranularity;
  device_->drain();
  staging_.reset();
  slotBytes_ = 0;
  for (std::size_t i = 0; i < kSlots; ++i) {
    if (i == current_) continue;
    slots_[i].contents.clear();
    slots_[i].run = 0;
    slots_[i].host.reset();
  }
  staging_ = std::make_unique<DeviceMemory>(device_, kSlots * wanted, kPurpose);
  for (Slot& slot : slots_) {
    auto host = std::make_unique<PinnedMemory>(wanted, kPurpose);
    if (slot.host) std::memcpy(host->data(), slot.host->data(), slot.contents.bytes());
    slot.host = std::move(host);
  }
  slotBytes_ = wanted;
}

void InputRing::send(Slot& slot, std::size_t bytes) {
  NODE_CUDNN_CUDA(cudaMemcpyAsync(onDevice(current_), slot.host->data(), bytes,
                                  cudaMemcpyHostToDevice, device_->copies().get()));
  slot.copied.record(device_->copies());
}

void InputRing::submit(const Schedule& schedule, const StepState& state) {
  if (schedule.fed.empty() && !current().contents.isOf(schedule)) {
    if (current().run != 0) advance();
    current().contents.begin(schedule);
  }
  Slot& slot = current();
  if (!slot.contents.isOf(schedule) || !slot.contents.isComplete()) {
    throw Error(ErrorCode::Internal, "input ring", "the schedule's inputs were not fed");
  }
  if (slot.run == 0 || !sameStep(slot.state, state)) {
    // A run that was submitted from this slot before may still read the parameters.
    if (slot.run != 0) slot.used.wait();
    const StepParameters parameters = slot.contents.parameters(state, onDevice(current_));
    std::memcpy(slot.host->data(), &parameters, sizeof parameters);
    send(slot, slot.run == 0 ? slot.contents.bytes() : sizeof parameters);
    slot.state = state;
  }
  slot.run = ++runs_;
  device_->compute().waitFor(slot.copied);
  NODE_CUDNN_CUDA(cudaMemcpyAsync(parameters_.data(), onDevice(current_), sizeof(StepParameters),
                                  cudaMemcpyDeviceToDevice, device_->compute().get()));
}

void InputRing::markUsed() { current().used.record(device_->compute()); }

bool InputRing::returnTo(const Schedule& schedule, const StepState& state) {
  std::size_t found = kSlots;
  for (std::size_t i = 0; i < kSlots; ++i) {
    const Slot& slot = slots_[i];
    if (slot.run == 0 || !slot.contents.isOf(schedule) || !sameStep(slot.state, state)) continue;
    if (found == kSlots || slot.run > slots_[found].run) found = i;
  }
  if (found == kSlots) return false;
  current_ = found;
  return true;
}

}  // namespace node_cudnn::cudnn
