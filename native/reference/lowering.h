// Lowers a graph op by op: one plain buffer for each tensor, one command for each op.
#pragma once

#include "core/backend.h"

namespace node_cudnn::reference {

Schedule lowerGraph(const Graph& graph);

}  // namespace node_cudnn::reference
