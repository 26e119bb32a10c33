#include "plan.h"

#include <algorithm>
#include <utility>

#include "error.h"
#include "host_memory.h"
#include "op.h"

namespace node_cudnn {

Plan::Plan(Backend& backend, ModelGraph model, std::span<const LayoutPtr> slotLayouts)
    : model_(std::move(model)) {
  for (const Op& op : model_.graph.ops()) {
    if (const auto reason = backend.unsupported(model_.graph, op)) {
      throw Error(ErrorCode::Unsupported, op.place(),
                  "backend '" + std::string(backend.name()) + "': " + *reason);
    }
  }
  schedule_ = backend.lower(model_.graph, slotLayouts);
  hoistConstants(schedule_, model_.graph);
  planMemory(schedule_, model_.graph.results);
}

LayoutPtr Plan::slotLayout(std::size_t slot) const {
  for (const Buffer& buffer : schedule_.buffers) {
    if (buffer.slot == static_cast<std::int32_t>(slot)) return buffer.layout;
  }
  return nullptr;
}

void Plan::keepConstants(Backend& backend, ConstantTable& table) {
  if (!constants_.empty() || schedule_.constants == 0) return;
  const std::vector<std::string> texts = derivations(schedule_);
  std::vector<ConstantPtr> constants(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const Buffer& buffer = schedule_.buffers[i];
    if (buffer.constant) constants[i] = table.get(backend, texts[i], buffer);
  }
  constants_ = std::move(constants);
}

void Plan::bind(void* arena, const std::vector<void*>& slots) {
  addresses_.buffers.clear();
  for (std::size_t i = 0; i < schedule_.buffers.size(); ++i) {
    auto root = i;
    while (schedule_.buffers[root].aliasOf >= 0) {
      root = static_cast<std::size_t>(schedule_.buffers[root].aliasOf);
    }
    const Buffer& buffer = schedule_.buffers[root];
    void* address = static_cast<char*>(arena) + buffer.offset;
    if (buffer.slot >= 0) address = slots.at(static_cast<std::size_t>(buffer.slot));
    if (buffer.constant) address = constants_.at(root)->memory->data();
    addresses_.buffers.push_back(address);
  }
  for (Command& command : schedule_.commands) {
    addresses_.scratch = static_cast<char*>(arena) + command.scratchOffset;
    command.kernel->bind(addresses_);
  }
}

std::vector<float> Plan::read(Backend& backend, TensorId tensor) const {
  const BufferId buffer = bufferOf(tensor);
  std::vector<float> values = hostFloats(elementCount(model_.graph.shape(tensor)),
                                         "a copy of '" + model_.graph.tensor(tensor).name + "'");
  backend.read(*schedule_.buffers.at(static_cast<std::size_t>(buffer)).layout, address(buffer),
               values);
  return values;
}

void Plan::run(Backend& backend, const StepState& state, std::uint64_t weightsVersion,
               std::span<const Watched> watched) {
  const bool fresh = std::ranges::all_of(constants_, [&](const ConstantPtr& constant) {
    return !constant || constant->madeOf == weightsVersion;
  });
  backend.run(schedule_, fresh ? schedule_.constants : 0, schedule_.commands.size(), state,
              watched);
  if (fresh) return;
  for (const ConstantPtr& constant : constants_) {
    if (constant) constant->madeOf = weightsVersion;
  }
}

}  // namespace node_cudnn
