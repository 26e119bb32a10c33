// Elementwise activations: forward and ReLU's gradient as cuDNN graphs. The other gradients are
// told from the output, where cuDNN's graphs want the input: a kernel.
#include "kernels/activation.h"

#include "core/error.h"
#include "lowering.h"

namespace node_cudnn::cudnn {

namespace {

float alphaOf(const Op& op) { return static_cast<float>(op.attributes.number("alpha", 0)); }

// The same memory: y = x.
void lowerLinear(Lowering& lowering, const Op& op) {
  const CudaLayout layout = lowering.layoutOf(op.inputs[0]);
  lowering.produceAlias(op.outputs[0], layout, lowering.own(op.inputs[0]));
}

Pointwise pointwiseOf(const Op& op) {
  const std::string& function = op.attributes.text("function");
  if (function == "relu" || function == "leakyRelu") return Pointwise::ReluForward;
  if (function == "elu") return Pointwise::EluForward;
  if (function == "sigmoid") return Pointwise::SigmoidForward;
  if (function == "tanh") return Pointwise::TanhForward;
  if (function == "softplus") return Pointwise::SoftplusForward;
  throw Error(ErrorCode::Unsupported, op.place(), "no activation is called '" + function + "'");
}

void lowerForward(Lowering& lowering, const Op& op) {
  const std::string& function = op.attributes.text("function");
  if (function == "linear") return lowerLinear(lowering, op);
  const Pointwise pointwise = pointwiseOf(op);
  const bool scaled = function == "leakyRelu" || function == "elu";
  const DataType type = lowering.computeType();
  OperationGraph graph;
  const Shape& shape = lowering.shape(op.inputs[0]);
  const Uid x = graph.image("x", shape, type, lowering.as(op.inputs[0], type));
  const Uid y = graph.image("y", shape, type, lowering.producePlain(op.outputs[0], type));
  graph.pointwise(pointwise, x, kNone, y, scaled ? alphaOf(op) : 0);
  lowering.emitPlan(graph, "", Work::Elementwise);
}

void lowerReluBackward(Lowering& lowering, const Op& op) {
  const DataType type = lowering.computeType();
  OperationGraph graph;
  const Shape& shape = lowering.shape(op.inputs[0]);
  const Uid dy = graph.image("dy", shape, type, lowering.as(op.inputs[0], type));
  const Uid y = graph.image("y", shape, type, lowering.as(op.inputs[1], type));
  const Uid dx = graph.image("dx", shape, type, lowering.producePlain(op.outputs[0], type));
  graph.pointwiseBackward(Pointwise::ReluBackward, y, dy, dx);
  lowering.emitPlan(graph, "", Work::Elementwise);
}

ActivationFunction functionOf(const Op& op) {
  const std::string& function = op.attributes.text("function");
  if (function == "leakyRelu") return ActivationFunction::LeakyRelu;
  if (function == "elu") return ActivationFunction::Elu;
  if (function == "sigmoid") return ActivationFunction::Sigmoid;
  if (function == "tanh") return ActivationFunction::Tanh;
  if (function == "softplus") return ActivationFunction::Softplus;
  throw Error(ErrorCode::Unsupported, op.place(), "no activation is called '" + function + "'");
}

void lowerBackward(Lowering& lowering, const Op& op) {
  const std::string& function = op.attributes.text("function");
  if (function == "linear") return lowerLinear(lowering, op);
  if (function == "relu") return lowerReluBackward(lowering, op);
  const DataType type = lowering.computeType();
  const BufferId dy = lowering.as(op.inputs[0], type);
  const BufferId y = lowering.as(op.inputs[1], type);
  const BufferId dx = lowering.producePlain(op.outputs[0], type);
  Command command;
  command.reads = {dy, y};
  command.writes = {dx};
  command.mayShare = {{dx, dy}, {dx, y}};
  command.detail = function + " backward";
  lowering.emitLaunch(
      std::move(command), {dy, y, dx},
      [derivative = functionOf(op), alpha = alphaOf(op), type,
       count = elementCount(lowering.shape(op.inputs[0]))](const Pointers& p, const Execution& e) {
        launchActivationBackward(e.stream, derivative, alpha,
                                 {p.at(0), p.at(1), p.at(2), type, count});
      });
}

const RegisteredLowering forward{"activation", lowerForward};
const RegisteredLowering backward{"activationBackward", lowerBackward};

}  // namespace

}  // namespace node_cudnn::cudnn
