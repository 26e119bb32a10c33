// Matrix products as 1x1 convolutions over images of one pixel. The library's matrix product
// engines all round float32 operands and need a device of compute capability 8.0; its convolutions
// have engines that do neither.
#pragma once

#include <optional>

#include "operation_graph.h"

namespace node_cudnn::cudnn {

// The same graph with its matrix product as a convolution (b transposed), its backward data (none
// transposed) or its backward filter (a transposed), so that no matrix is moved. Tensors keep
// their uids, buffers and memory. Nothing when the graph has no matrix product or one of another
// form.
std::optional<OperationGraph> matmulAsConvolution(const OperationGraph& graph);

}  // namespace node_cudnn::cudnn
