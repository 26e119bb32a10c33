// What the forward and backward passes of batch normalization share.
#pragma once

#include <string>

#include "core/op.h"
#include "kernels/batch_normalization.h"
#include "lowering.h"

namespace node_cudnn::cudnn {

// Left under the mean of the batch for the backward op.
struct InverseDeviation {
  BufferId buffer;
};

// A batch normalization's tensors and vectors, as its lowering sees them.
struct Normalized {
  const Shape& shape;  // of x, dy, y and dx: [...,C]
  DataType type;       // of those
  double epsilon;

  Normalized(Lowering& lowering, const Op& op)
      : shape(lowering.shape(op.inputs[0])),
        type(lowering.computeType()),
        epsilon(op.attributes.number("epsilon")) {}

  std::int64_t channels() const { return shape.back(); }
  ChannelRows rows() const { return {elementCount(shape) / channels(), channels(), type}; }
  CudaLayout vector() const { return CudaLayout::plain({channels()}, DataType::Float32); }
};

// Output i of the op, or a buffer of this op's own when nobody wants it.
BufferId produceVector(Lowering& lowering, const Op& op, std::size_t i, const Normalized& n,
                       const char* name);

// One launch that fills those that are there with gamma = 1 and beta = 0.
void emitIdentity(Lowering& lowering, const Normalized& n, BufferId gamma, BufferId beta);

struct MapBuffers {
  BufferId scale = -1;
  BufferId shift = -1;
  BufferId inverseDeviation = -1;
};
// One launch that fills those that are there.
void emitChannelMap(Lowering& lowering, const Normalized& n, TensorId gamma, TensorId beta,
                    BufferId mean, BufferId variance, const MapBuffers& map);

// to = scale from + shift in one pass; shift may be -1.
void emitMapped(Lowering& lowering, const Normalized& n, BufferId from, BufferId scale,
                BufferId shift, BufferId to, const std::string& note);

}  // namespace node_cudnn::cudnn
