// Weights and optimizer state that are not finite. A backend's fused ReLU may make 0 of the NaN
// that they lead to, and a vendor's maximum may pass over it: training would go on, unseen. To look
// at every weight in each step would cost a pass over all of them. Only the host, and an update
// that overflows, can bring such values in: these are watched instead. While they are there, plans
// are made without fused ReLU, and a step is looked through before it counts.
#include <algorithm>
#include <cmath>

#include "error.h"
#include "host_memory.h"
#include "plan_table.h"
#include "program.h"

namespace node_cudnn {

namespace {

bool isFinite(std::span<const float> values) {
  return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
}

// Far below where an update of single precision overflows, far above any that trains.
constexpr double kLargeUpdate = 1e30;

}  // namespace

void Program::noteValues(std::size_t slot, std::span<const float> values) {
  const bool plansFused = notFinite_.empty();
  if (isFinite(values)) {
    notFinite_.erase(slot);
  } else {
    notFinite_.insert(slot);
  }
  if (notFinite_.empty() == plansFused) return;
  settle();
  plans_->clear();
  layoutsSuitTraining_ = false;
}

void Program::noteUpdate(double norm, const StepState& state) {
  const bool large = !(std::sqrt(norm) * std::abs(state.learningRate) < kLargeUpdate);
  const bool stateIsBad = !notFinite_.empty() && *notFinite_.rbegin() >= spec_.weights.size();
  if (large || stateIsBad) weightsAreDoubtful_ = true;
}

void Program::lookAtWeights() {
  if (!weightsAreDoubtful_) return;
  settle();
  weightsAreDoubtful_ = false;
  for (std::size_t i = 0; i < spec_.weights.size(); ++i) noteValues(i, readSlot(i));
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
    backend_->read(*buffer.layout, plan.address(id), values);
    return isFinite(values);
  };
  for (std::size_t i = 0; i < schedule.commands.size(); ++i) {
    const Command& command = schedule.commands[i];
    if (command.phase > last) break;
    backend_->run(schedule, i, i + 1, state);
    if (!std::ranges::all_of(command.writes, isFiniteBuffer)) return command.name;
  }
  return std::nullopt;
}

void Program::refuseNotFinite(const std::string& culprit, const StepState& state) {
  const bool weight = !notFinite_.empty() && *notFinite_.begin() < spec_.weights.size();
  const std::string cause =
      weight ? "the weight '" + spec_.weights.at(*notFinite_.begin()).name +
                   "' holds NaN or Infinity. Set or load weights that are finite"
             : "the weights are those of the step before. Lower the learning rate, clip the "
               "gradients or look at the data";
  throw Error(ErrorCode::NotFinite, "step " + std::to_string(state.step),
              "the first output that is not finite is that of " + culprit + "; " + cause);
}

}  // namespace node_cudnn
