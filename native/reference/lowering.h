// Lowers a graph op by op: one plain buffer for each tensor, one command for each op.
#pragma once

#include <memory>

#include "core/backend.h"
#include "rounding.h"

namespace node_cudnn::reference {

// With `rounding`, it is applied to what each op writes.
Schedule lowerGraph(const Graph& graph, const std::shared_ptr<Rounding>& rounding);

}  // namespace node_cudnn::reference
