// Fully connected layers and their gradients: rows of activations against a kernel [I,O].
#include "affine.h"

namespace node_cudnn::cudnn {

namespace {

std::int64_t rowsOf(const Shape& shape) { return elementCount(shape) / shape.back(); }

BufferId kernelOf(Lowering& lowering, TensorId id) {
  lowering.adopt(id, CudaLayout::plain(lowering.shape(id), DataType::Float32));
  return lowering.as(id, lowering.computeType());
}

void lowerForward(Lowering& lowering, const Op& op) {
  const DataType type = lowering.computeType();
  const Shape& xShape = lowering.shape(op.inputs[0]);
  const Shape& kernelShape = lowering.shape(op.inputs[1]);
  const BufferId x = lowering.as(op.inputs[0], type);
  const BufferId kernel = kernelOf(lowering, op.inputs[1]);
  const BufferId bias = lowering.as(optionalTensor(op.inputs, 2), DataType::Float32);
  const BufferId y = lowering.produceActivation(op.outputs[0]);
  const auto add = [&](OperationGraph& graph, Uid result) {
    const Uid rows = graph.matrix("x", rowsOf(xShape), xShape.back(), false, type, x);
    const Uid weights = graph.matrix("kernel", kernelShape[0], kernelShape[1], false, type, kernel);
    graph.matmul(rows, weights, result);
  };
  const Product product{{AffineView::Kind::Matrix, lowering.shape(op.outputs[0])}, add};
  emitForward(lowering, product, y, bias, op.attributes.text("activation", "linear") == "relu");
}

// dx = dy W^T
void lowerBackwardInput(Lowering& lowering, const Op& op) {
  const DataType type = lowering.computeType();
  const Shape& dyShape = lowering.shape(op.inputs[0]);
  const Shape& kernelShape = lowering.shape(op.inputs[1]);
  const BufferId dy = lowering.as(op.inputs[0], type);
  const BufferId kernel = kernelOf(lowering, op.inputs[1]);
  const BufferId reluOutput = lowering.as(optionalTensor(op.inputs, 2), type);
  const BufferId dx = lowering.produceActivation(op.outputs[0]);
  const auto add = [&](OperationGraph& graph, Uid result) {
    const Uid rows = graph.matrix("dy", rowsOf(dyShape), dyShape.back(), false, type, dy);
    const Uid weights = graph.matrix("kernel", kernelShape[1], kernelShape[0], true, type, kernel);
    graph.matmul(rows, weights, result);
  };
  const Product product{{AffineView::Kind::Matrix, lowering.shape(op.outputs[0])}, add};
  emitBackwardInput(lowering, product, dx, reluOutput);
}

// dW = x^T dy
void lowerBackwardWeights(Lowering& lowering, const Op& op) {
  const DataType type = lowering.computeType();
  const Shape& xShape = lowering.shape(op.inputs[0]);
  const Shape& dyShape = lowering.shape(op.inputs[1]);
  const BufferId dy = lowering.as(op.inputs[1], type);
  if (op.outputs[0] != kNoTensor) {
    const std::int64_t units = dyShape.back();
    const BufferId x = lowering.as(op.inputs[0], type);
    const BufferId gradient = lowering.producePlain(op.outputs[0], type);
    OperationGraph graph;
    const Uid columns = graph.matrix("x", xShape.back(), rowsOf(xShape), true, type, x);
    const Uid rows = graph.matrix("dy", rowsOf(dyShape), units, false, type, dy);
    const Uid result = graph.matrix("dkernel", xShape.back(), units, false, type, gradient);
    graph.matmul(columns, rows, result);
    lowering.emitPlan(graph);
  }
  emitBiasGradient(lowering, {rowsOf(dyShape), dyShape.back()}, dy, optionalTensor(op.outputs, 1));
}

const RegisteredLowering forward{"dense", lowerForward, unsupportedKernel};
const RegisteredLowering backwardInput{"denseBackwardInput", lowerBackwardInput, unsupportedKernel};
const RegisteredLowering backwardWeights{"denseBackwardWeights", lowerBackwardWeights};

}  // namespace

}  // namespace node_cudnn::cudnn
