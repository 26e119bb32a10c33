#include "constant_table.h"

#include <algorithm>

namespace node_cudnn {

ConstantPtr ConstantTable::get(Backend& backend, const std::string& derivation,
                               const Buffer& buffer) {
  std::erase_if(constants_, [](const auto& entry) { return entry.second.expired(); });
  const auto [begin, end] = constants_.equal_range(derivation);
  for (auto entry = begin; entry != end; ++entry) {
    ConstantPtr kept = entry->second.lock();
    if (kept && kept->layout->equals(*buffer.layout)) return kept;
  }
  auto made = std::make_shared<Constant>(buffer.layout);
  made->memory = backend.allocate(buffer.layout->bytes(), buffer.name);
  constants_.emplace(derivation, made);
  return made;
}

std::size_t ConstantTable::bytes() const {
  std::size_t total = 0;
  for (const auto& [derivation, constant] : constants_) {
    if (const ConstantPtr kept = constant.lock()) total += kept->memory->bytes();
  }
  return total;
}

std::vector<std::string> derivations(const Schedule& schedule) {
  std::vector<std::string> texts(schedule.buffers.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::int32_t slot = schedule.buffers[i].slot;
    if (slot >= 0) texts[i] = "slot " + std::to_string(slot);
  }
  for (std::size_t i = 0; i < schedule.constants; ++i) {
    const Command& command = schedule.commands[i];
    std::string from = command.name + " of";
    for (const BufferId id : command.reads) {
      from += " (" + texts.at(static_cast<std::size_t>(id)) + ")";
    }
    // Two results of one command differ in their names.
    for (const BufferId id : command.writes) {
      const auto index = static_cast<std::size_t>(id);
      texts.at(index) = schedule.buffers[index].name + ": " + from;
    }
  }
  return texts;
}

}  // namespace node_cudnn
