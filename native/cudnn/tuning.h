// Times execution plans on the device, so that the planner can choose among candidates.
#pragma once

#include <memory>
#include <optional>

#include "device.h"
#include "execution.h"
#include "operation_graph.h"
#include "planner.h"

namespace node_cudnn::cudnn {

// Median milliseconds of an execution, over buffers of zeros; nothing when the plan does not run or
// the device has no room for its buffers. Throws Error(Backend) when the device is lost.
std::optional<double> timePlan(const std::shared_ptr<Device>& device, const Execution& execution,
                               const OperationGraph& graph,
                               const std::shared_ptr<const ExecutionPlan>& plan);

}  // namespace node_cudnn::cudnn
