// 2-D convolution and its gradients.
#include "core/ops/conv2d.h"

#include "affine.h"

namespace node_cudnn::cudnn {

namespace {

ConvolutionGeometry geometryOf(const Op& op) {
  const Conv2dParameters p = Conv2dParameters::from(op);
  return {
      p.strides, p.dilations, {p.padding.top, p.padding.left}, {p.padding.bottom, p.padding.right}};
}

// The convolution's kernel as products read it: its own memory, or the copy in bfloat16.
BufferId kernelOf(Lowering& lowering, TensorId id) {
  lowering.adopt(id, CudaLayout::krsc(lowering.shape(id), DataType::Float32));
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
    const Uid image = graph.image("x", xShape, type, x);
    const Uid filter = graph.filter("kernel", kernelShape, type, kernel);
    graph.convolution(image, filter, result, geometryOf(op));
  };
  const Product product{{AffineView::Kind::Image, lowering.shape(op.outputs[0])}, add};
  emitForward(lowering, product, y, bias, op.attributes.text("activation", "linear") == "relu");
}

void lowerBackwardInput(Lowering& lowering, const Op& op) {
  const DataType type = lowering.computeType();
  const Shape& dyShape = lowering.shape(op.inputs[0]);
  const Shape& kernelShape = lowering.shape(op.inputs[1]);
  const BufferId dy = lowering.as(op.inputs[0], type);
  const BufferId kernel = kernelOf(lowering, op.inputs[1]);
  const BufferId reluOutput = lowering.as(optionalTensor(op.inputs, 2), type);
  const BufferId dx = lowering.produceActivation(op.outputs[0]);
  const auto add = [&](OperationGraph& graph, Uid result) {
    const Uid image = graph.image("dy", dyShape, type, dy);
    const Uid filter = graph.filter("kernel", kernelShape, type, kernel);
    graph.convolutionBackwardData(image, filter, result, geometryOf(op));
  };
  const Product product{{AffineView::Kind::Image, lowering.shape(op.outputs[0])}, add};
  emitBackwardInput(lowering, product, dx, reluOutput);
}

void lowerBackwardWeights(Lowering& lowering, const Op& op) {
  const DataType type = lowering.computeType();
  const Shape& xShape = lowering.shape(op.inputs[0]);
  const Shape& dyShape = lowering.shape(op.inputs[1]);
  const BufferId dy = lowering.as(op.inputs[1], type);
  if (op.outputs[0] != kNoTensor) {
    const Shape kernelShape = lowering.shape(op.outputs[0]);
    const BufferId x = lowering.as(op.inputs[0], type);
    const BufferId gradient = lowering.produce(op.outputs[0], CudaLayout::krsc(kernelShape, type));
    OperationGraph graph;
    const Uid image = graph.image("x", xShape, type, x);
    const Uid result = graph.image("dy", dyShape, type, dy);
    const Uid filter = graph.filter("dkernel", kernelShape, type, gradient);
    graph.convolutionBackwardFilter(image, result, filter, geometryOf(op));
    lowering.emitPlan(graph);
  }
  emitBiasGradient(lowering, dyShape, dy, optionalTensor(op.outputs, 1));
}

const RegisteredLowering forward{"conv2d", lowerForward, unsupportedKernel};
const RegisteredLowering backwardInput{"conv2dBackwardInput", lowerBackwardInput,
                                       unsupportedKernel};
const RegisteredLowering backwardWeights{"conv2dBackwardWeights", lowerBackwardWeights};

}  // namespace

}  // namespace node_cudnn::cudnn
