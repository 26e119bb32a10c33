// What a program lets its owner see and set: weights, optimizer state, memory.
#include <cmath>
#include <utility>

#include "error.h"
#include "host_memory.h"
#include "plan_table.h"
#include "program.h"
#include "slot_table.h"

namespace node_cudnn {

std::vector<float> Program::readSlot(std::size_t slot) {
  ensureSlot(slot);
  std::vector<float> values =
      hostFloats(elementCount(slots_[slot].shape), "a copy of '" + slots_[slot].name + "'");
  backend_->read(*slots_[slot].layout, slots_[slot].memory->data(), values);
  return values;
}

void Program::writeSlot(std::size_t slot, std::span<const float> values, const std::string& what) {
  const auto expected = static_cast<std::size_t>(elementCount(slots_.at(slot).shape));
  if (values.size() != expected) {
    throw Error(ErrorCode::Shape, "weight '" + what + "'",
                "expected " + std::to_string(expected) + " values for " +
                    toString(slots_[slot].shape) + ", got " + std::to_string(values.size()));
  }
  ensureSlot(slot);
  noteValues(slot, values);
  backend_->write(*slots_[slot].layout, slots_[slot].memory->data(), values);
}

std::vector<float> Program::readWeight(std::size_t index) {
  settle();
  weight(index);
  return readSlot(index);
}

void Program::writeWeight(std::size_t index, std::span<const float> values) {
  writeSlot(index, values, weight(index).name);
}

std::vector<std::string> Program::optimizerStateNames() const { return slotTable_->stateNames; }

std::vector<float> Program::readOptimizerState(std::size_t index) {
  settle();
  return readSlot(slotTable_->state(index));
}

void Program::writeOptimizerState(std::size_t index, std::span<const float> values) {
  writeSlot(slotTable_->state(index), values, slotTable_->stateNames.at(index));
}

std::size_t Program::planCount() const { return plans_->size(); }

std::size_t Program::bytes() const {
  std::size_t total = 0;
  for (const Slot& slot : slots_) total += slot.memory ? slot.memory->bytes() : 0;
  if (arena_) total += arena_->bytes();
  return total;
}

}  // namespace node_cudnn
