// What a program lets its owner see and set: weights, optimizer state, memory.
#include <utility>

#include "error.h"
#include "host_memory.h"
#include "plan_table.h"
#include "program.h"
#include "slot_table.h"

namespace node_cudnn {

std::vector<float> Program::readWeight(std::size_t index) {
  weight(index);
  settle();
  return store_->read(*slots_[index]);
}

void Program::writeWeight(std::size_t index, std::span<const float> values) {
  weight(index);
  store_->write(*slots_[index], values);
}

std::vector<std::string> Program::optimizerStateNames() const { return slotTable_->stateNames; }

std::vector<float> Program::readOptimizerState(std::size_t index) {
  settle();
  return store_->read(*slots_.at(slotTable_->state(index)));
}

void Program::writeOptimizerState(std::size_t index, std::span<const float> values) {
  store_->write(*slots_.at(slotTable_->state(index)), values);
}

std::size_t Program::planCount() const { return plans_->size(); }

std::size_t Program::ownBytes() const {
  std::size_t total = constants_.bytes();
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const bool isStored = i < spec_.weights.size() && spec_.weights[i].id >= 0;
    if (!isStored && slots_[i]->memory) total += slots_[i]->memory->bytes();
  }
  return total;
}

}  // namespace node_cudnn
