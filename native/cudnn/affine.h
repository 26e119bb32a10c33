// What conv2d and dense share: a product of an activation with a kernel, and what one graph does
// to it before it reaches memory. A fused graph that cuDNN refuses is split: the product alone,
// then the pointwise operations.
#pragma once

#include <functional>
#include <string>

#include "lowering.h"
#include "operation_graph.h"

namespace node_cudnn::cudnn {

// How a graph sees tensors of one shape [...,C]: as images or as matrices of rows.
class AffineView {
 public:
  enum class Kind { Image, Matrix };

  AffineView(Kind kind, Shape shape) : kind_(kind), shape_(std::move(shape)) {}
  // The view in which cuDNN takes pointwise operations on tensors of this shape alone.
  static AffineView pointwise(const Shape& shape);

  Uid tensor(OperationGraph& graph, std::string name, DataType type, BufferId buffer) const;
  // One value for each of the last axis, broadcast over the others.
  Uid bias(OperationGraph& graph, std::int64_t count, BufferId buffer) const;
  const Shape& shape() const { return shape_; }

 private:
  Kind kind_;
  Shape shape_;
};

struct Product {
  AffineView view;  // of its result
  // Adds the operands and the operation that makes `result`.
  std::function<void(OperationGraph& graph, Uid result)> add;
};

// y = product + bias, then ReLU. bias: float32 [C], -1: none.
void emitForward(Lowering& lowering, const Product& product, BufferId y, BufferId bias, bool relu);

// dx = product where reluOutput > 0, else 0. reluOutput: of the product's shape, -1: all of it.
void emitBackwardInput(Lowering& lowering, const Product& product, BufferId dx,
                       BufferId reluOutput);

// db = the sum of dy [...,C] over all axes but the last, as float32; nothing for kNoTensor.
void emitBiasGradient(Lowering& lowering, const Shape& shape, BufferId dy, TensorId gradient);

// Why an op with this kernel is beyond this backend, or nothing.
std::optional<std::string> unsupportedKernel(const Graph& graph, const Op& op);

// Of op.inputs or op.outputs: kNoTensor behind the end.
TensorId optionalTensor(const std::vector<TensorId>& ids, std::size_t i);

}  // namespace node_cudnn::cudnn
