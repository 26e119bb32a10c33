#include "plan.h"

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
  planMemory(schedule_, model_.graph.results);
}

LayoutPtr Plan::slotLayout(std::size_t slot) const {
  for (const Buffer& buffer : schedule_.buffers) {
    if (buffer.slot == static_cast<std::int32_t>(slot)) return buffer.layout;
  }
  return nullptr;
}

void Plan::bind(void* arena, const std::vector<void*>& slots) {
  addresses_.buffers.clear();
  for (const Buffer& buffer : schedule_.buffers) {
    void* address = buffer.slot >= 0 ? slots.at(static_cast<std::size_t>(buffer.slot))
                                     : static_cast<char*>(arena) + buffer.offset;
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

void Plan::run(Backend& backend, const StepState& state, std::span<const Watched> watched) {
  backend.run(schedule_, 0, schedule_.commands.size(), state, watched);
}

}  // namespace node_cudnn
