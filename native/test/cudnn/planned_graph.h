// Lowers graphs for a device that is not there, with the real cuDNN.
#pragma once

#include <string>
#include <string_view>

#include "cudnn/fuse.h"
#include "cudnn/lowering.h"
#include "device_files.h"

namespace node_cudnn::test {

// A backend's planner, and its execution without a device.
struct PlanningDevice {
  PlanningDevice(const std::string& name, std::string_view precision)
      : planner(device(name), options(precision)) {}

  static cudnn::PlannerOptions options(std::string_view precision) {
    cudnn::PlannerOptions options;
    options.precision = cudnn::precisionOf(precision);
    return options;
  }

  // Gives each weight, state and accumulator a slot.
  static Graph withSlots(Graph graph) {
    std::int32_t slots = 0;
    for (std::size_t i = 0; i < graph.tensors().size(); ++i) {
      Tensor& tensor = graph.tensor(static_cast<TensorId>(i));
      const bool kept = tensor.role == Role::Weight || tensor.role == Role::OptimizerState ||
                        tensor.role == Role::Accumulator;
      if (kept) tensor.slot = slots++;
    }
    return graph;
  }

  Schedule lower(const Graph& graph) {
    const Graph fused = cudnn::fuse(withSlots(graph));
    cudnn::Lowering lowering(fused, {}, planner, execution);
    for (const Op& op : fused.ops()) lowering.lower(op);
    return lowering.finish();
  }

  cudnn::Planner planner;
  cudnn::Execution execution;
};

inline const cudnn::CudaLayout& layoutOf(const Schedule& schedule, BufferId buffer) {
  return cudnn::cudaLayout(*schedule.buffers.at(static_cast<std::size_t>(buffer)).layout);
}

inline BufferId bufferOf(const Schedule& schedule, TensorId tensor) {
  return schedule.bufferOfTensor.at(static_cast<std::size_t>(tensor));
}

}  // namespace node_cudnn::test
