// One compiled mode and batch size: the graph, its schedule and where its buffers lie.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "backend.h"
#include "constant_table.h"
#include "model_graph.h"

namespace node_cudnn {

class Plan {
 public:
  Plan(Backend& backend, ModelGraph model, std::span<const LayoutPtr> slotLayouts);

  const ModelGraph& model() const { return model_; }
  Schedule& schedule() { return schedule_; }
  const Schedule& schedule() const { return schedule_; }

  // The layout that this plan wants for a slot, or null when it does not use the slot.
  LayoutPtr slotLayout(std::size_t slot) const;

  // Tells every kernel its addresses; slots holds one address for each persistent slot (null when
  // the plan does not use it).
  void bind(void* arena, const std::vector<void*>& slots);
  // Takes memory for what it keeps of the weights in another form. Throws OutOfMemory.
  void keepConstants(Backend& backend, ConstantTable& table);
  // The store's version that it was bound at; 0: never.
  std::uint64_t boundAt = 0;

  void* address(BufferId buffer) const {
    return addresses_.buffers.at(static_cast<std::size_t>(buffer));
  }
  BufferId bufferOf(TensorId tensor) const {
    return schedule_.bufferOfTensor.at(static_cast<std::size_t>(tensor));
  }
  std::vector<float> read(Backend& backend, TensorId tensor) const;

  // weightsVersion: of the store; what is kept of the weights is made again where it is of another.
  void run(Backend& backend, const StepState& state, std::uint64_t weightsVersion,
           std::span<const Watched> watched = {});

 private:
  ModelGraph model_;
  Schedule schedule_;
  Addresses addresses_;
  std::vector<ConstantPtr> constants_;  // by buffer; null for those that are not constant
};

// The schedule as a table: one line for each command, then totals.
std::string explainPlan(const Plan& plan, std::span<const WeightSpec> weights);

}  // namespace node_cudnn
