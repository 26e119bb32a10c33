// An operation graph as the library's descriptors.
#pragma once

#include <vector>

#include "descriptor.h"
#include "operation_graph.h"

namespace node_cudnn::cudnn {

struct GraphDescriptors {
  std::vector<Descriptor> tensors;  // by uid - 1
  std::vector<Descriptor> parameters;
  std::vector<Descriptor> operations;
  Descriptor graph;
};

// Tensors are aligned to 16 bytes, sums are in float32. Throws Refused naming the operation that
// the library does not take.
GraphDescriptors makeDescriptors(const OperationGraph& graph);

}  // namespace node_cudnn::cudnn
