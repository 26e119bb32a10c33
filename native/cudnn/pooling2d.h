// Max and average pooling: a cuDNN graph, or this backend's kernels for windows that cuDNN does not
// take.
#pragma once

#include <string>

#include "core/op.h"
#include "kernels/pooling2d.h"
#include "lowering.h"

namespace node_cudnn::cudnn {

struct Pooling {
  Shape x;
  Shape y;
  DataType type = DataType::Float32;
  PoolingGeometry geometry;

  // y: [N,OH,OW,C]
  static Pooling from(const Op& op, const Shape& x, const Shape& y, PoolingMode mode,
                      DataType type);
  // The mean over all positions, y: [N,C].
  static Pooling global(const Shape& x, DataType type);

  // indexed: with the winners' positions. Buffers may be absent to ask for a plan only.
  OperationGraph forward(bool indexed, BufferId x = -1, BufferId y = -1, BufferId index = -1) const;
  OperationGraph backward(bool indexed, BufferId dy = -1, BufferId index = -1,
                          BufferId dx = -1) const;
  // With the backward pass of the ReLU whose output x was.
  OperationGraph backwardWithRelu(BufferId dy = -1, BufferId index = -1, BufferId x = -1,
                                  BufferId dx = -1) const;

  PoolingShape kernelShape() const;
  std::int64_t windowCells() const { return geometry.window[0] * geometry.window[1]; }
};

// Both by a cuDNN graph where it has a plan.
void emitAveragePooling(Lowering& lowering, const Op& op, const Pooling& pooling);
void emitAveragePoolingBackward(Lowering& lowering, const Op& op, const Pooling& pooling);

}  // namespace node_cudnn::cudnn
