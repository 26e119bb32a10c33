// Autotune: times execution plans on the device, over buffers of zeros.
#pragma once

#include <memory>

#include "device.h"
#include "execution.h"
#include "operation_graph.h"
#include "planner.h"

namespace node_cudnn::cudnn {

// The plan that is fastest on the device among the planner's candidates becomes the graph's; none
// when there is nothing to choose from, or the device has no room for their buffers. Throws
// Error(Backend) when the device is lost.
void tune(const std::shared_ptr<Device>& device, const Execution& execution, Planner& planner,
          const OperationGraph& graph);

}  // namespace node_cudnn::cudnn
