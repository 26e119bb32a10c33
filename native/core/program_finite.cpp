// Weights and optimizer state that are not finite. A backend's fused ReLU may make 0 of the NaN
// that they lead to, and a vendor's maximum may pass over it: training would go on, unseen. To look
// at every weight in each step would cost a pass over all of them. Only the host, and an update
// that overflows, can bring such values in: these are watched instead. While they are there, plans
// are made without fused ReLU, and a step is looked through before it counts.
#include <algorithm>
#include <cmath>
#include <utility>

#include "error.h"
#include "host_memory.h"
#include "plan.h"
#include "program.h"

namespace node_cudnn {

namespace {

// Far below where an update of single precision overflows, far above any that trains.
constexpr double kLargeUpdate = 1e30;

}  // namespace

void Program::noteUpdate(double norm, const StepState& state) {
  const bool large = !(std::sqrt(norm) * std::abs(state.learningRate) < kLargeUpdate);
  const auto states = std::span(slots_).subspan(spec_.weights.size());
  const bool stateIsBad = std::ranges::any_of(states, [](const auto& s) { return !s->isFinite; });
  if (!large && !stateIsBad) return;
  for (std::size_t i = 0; i < spec_.weights.size(); ++i) slots_[i]->isDoubtful = true;
}

void Program::lookAtWeights() {
  const auto weights = std::span(slots_).first(spec_.weights.size());
  const auto isDoubtful = [](const SlotPtr& slot) { return slot->isDoubtful; };
  if (std::ranges::none_of(weights, isDoubtful)) return;
  settle();
  for (const SlotPtr& slot : weights) {
    if (std::exchange(slot->isDoubtful, false)) store_->look(*slot);
  }
}

std::optional<std::string> Program::firstNotFinite(Plan& plan, const StepState& state, Phase last) {
  Schedule& schedule = plan.schedule();
  const auto isFiniteBuffer = [&](BufferId id) {
    const Buffer& buffer = schedule.buffers.at(static_cast<std::size_t>(id));
    if (buffer.tensor == kNoTensor) return true;
    const Tensor& tensor = plan.model().graph.tensor(buffer.tensor);
    if (tensor.type != ElementType::Float) return true;
    std::vector<float> values =
        hostFloats(elementCount(tensor.shape), "a copy of '" + tensor.name + "'");
    backend().read(*buffer.layout, plan.address(id), values);
    return allFinite(values);
  };
  for (std::size_t i = 0; i < schedule.commands.size(); ++i) {
    const Command& command = schedule.commands[i];
    if (command.phase > last) break;
    backend().run(schedule, i, i + 1, state);
    if (!std::ranges::all_of(command.writes, isFiniteBuffer)) return command.name;
  }
  return std::nullopt;
}

void Program::refuseNotFinite(const std::string& culprit, const StepState& state) {
  const auto weights = std::span(slots_).first(spec_.weights.size());
  const auto bad = std::ranges::find_if(weights, [](const auto& slot) { return !slot->isFinite; });
  const std::string cause =
      bad == weights.end()
          ? "the weights are those of the step before. Lower the learning rate, clip the "
            "gradients or look at the data"
          : "the weight '" + (*bad)->name +
                "' holds NaN or Infinity. Set or load weights that are finite";
  throw Error(ErrorCode::NotFinite, "step " + std::to_string(state.step),
              "the first output that is not finite is that of " + culprit + "; " + cause);
}

}  // namespace node_cudnn
