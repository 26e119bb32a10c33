// The commands that begin a schedule: what the host staged becomes an input of the graph.
#pragma once

#include "lowering.h"

namespace node_cudnn::cudnn {

// Emits the command that converts StepParameters::sources[source] to the type of the tensor, into
// its buffer `to`. When the only reader is a rescaling op, the command makes that op's output
// instead, `to` is left unwritten, and the op's lowering emits nothing.
void emitFeed(Lowering& lowering, TensorId id, BufferId to, int source);

}  // namespace node_cudnn::cudnn
