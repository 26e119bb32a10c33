// Elementwise activations: ReLU as cuDNN graphs, forward and backward, all others as kernels. On a
// device cuDNN's tanh was 7e-6 off, its softplus 0 below -17, and its leaky ReLU wrong for slopes
// above 1; and its other gradients want the input, where the graph keeps the output.
#include "kernels/activation.h"

#include "core/error.h"
#include "lowering.h"
#include "pointwise_shape.h"

namespace node_cudnn::cudnn {

namespace {

float alphaOf(const Op& op) { return static_cast<float>(op.attributes.number("alpha", 0)); }

// The same memory: y = x.
void lowerLinear(Lowering& lowering, const Op& op) {
  const CudaLayout layout = lowering.layoutOf(op.inputs[0]);
  lowering.produceAlias(op.outputs[0], layout, lowering.own(op.inputs[0]));
}

ActivationFunction functionOf(const Op& op) {
  const std::string& function = op.attributes.text("function");
  if (function == "relu") return ActivationFunction::Relu;
  if (function == "leakyRelu") return ActivationFunction::LeakyRelu;
  if (function == "elu") return ActivationFunction::Elu;
  if (function == "sigmoid") return ActivationFunction::Sigmoid;
  if (function == "tanh") return ActivationFunction::Tanh;
  if (function == "softplus") return ActivationFunction::Softplus;
  throw Error(ErrorCode::Unsupported, op.place(), "no activation is called '" + function + "'");
}

// A launch for these buffers; note: after the name of what it computes.
template <typename Body>
void emitKernel(Lowering& lowering, const Op& op, std::vector<BufferId> reads, BufferId to,
                const std::string& note, Body body) {
  Command command;
  command.reads = reads;
  command.writes = {to};
  for (const BufferId read : reads) command.mayShare.emplace_back(to, read);
  command.detail = op.attributes.text("function") + note;
  std::vector<BufferId> buffers = std::move(reads);
  buffers.push_back(to);
  lowering.emitLaunch(std::move(command), std::move(buffers), std::move(body));
}

// ReLU as a graph, or what cuDNN says against it.
std::optional<std::string> emitRelu(Lowering& lowering, const Shape& shape, BufferId x,
                                    BufferId y) {
  const DataType type = lowering.computeType();
  OperationGraph graph;
  const Uid from = graph.image("x", shape, type, x);
  graph.pointwise(Pointwise::ReluForward, from, kNone, graph.image("y", shape, type, y));
  const PlanAnswer answer = lowering.plan(graph);
  if (!answer) return answer.refusal;
  lowering.emitPlan(graph, answer, "", Work::Elementwise);
  return std::nullopt;
}

void lowerForward(Lowering& lowering, const Op& op) {
  if (op.attributes.text("function") == "linear") return lowerLinear(lowering, op);
  const ActivationFunction function = functionOf(op);
  const DataType type = lowering.computeType();
  const Shape shape = pointwiseShape(lowering.shape(op.inputs[0]));
  const BufferId x = lowering.as(op.inputs[0], type);
  const BufferId y = lowering.producePlain(op.outputs[0], type);
  std::string note;
  if (function == ActivationFunction::Relu) {
    const std::optional<std::string> refusal = emitRelu(lowering, shape, x, y);
    if (!refusal) return;
    note = "; split: " + *refusal;
  }
  emitKernel(lowering, op, {x}, y, note,
             [function, alpha = alphaOf(op), type, count = elementCount(shape)](
                 const Pointers& p, const Execution& e) {
               launchActivation(e.stream, function, alpha, {p.at(0), p.at(1), type, count});
             });
}

// ReLU's gradient as a graph, or what cuDNN says against it.
std::optional<std::string> emitReluBackward(Lowering& lowering, const Shape& shape, BufferId dy,
                                            BufferId y, BufferId dx) {
  const DataType type = lowering.computeType();
  OperationGraph graph;
  const Uid from = graph.image("dy", shape, type, dy);
  const Uid output = graph.image("y", shape, type, y);
  graph.pointwiseBackward(Pointwise::ReluBackward, output, from,
                          graph.image("dx", shape, type, dx));
  const PlanAnswer answer = lowering.plan(graph);
  if (!answer) return answer.refusal;
  lowering.emitPlan(graph, answer, "", Work::Elementwise);
  return std::nullopt;
}

void lowerBackward(Lowering& lowering, const Op& op) {
  if (op.attributes.text("function") == "linear") return lowerLinear(lowering, op);
  const ActivationFunction function = functionOf(op);
  const DataType type = lowering.computeType();
  const Shape shape = pointwiseShape(lowering.shape(op.inputs[0]));
  const BufferId dy = lowering.as(op.inputs[0], type);
  const BufferId y = lowering.as(op.inputs[1], type);
  const BufferId dx = lowering.producePlain(op.outputs[0], type);
  std::string note = " backward";
  if (function == ActivationFunction::Relu) {
    const std::optional<std::string> refusal = emitReluBackward(lowering, shape, dy, y, dx);
    if (!refusal) return;
    note += "; split: " + *refusal;
  }
  emitKernel(lowering, op, {dy, y}, dx, note,
             [function, alpha = alphaOf(op), type, count = elementCount(shape)](
                 const Pointers& p, const Execution& e) {
               launchActivationBackward(e.stream, function, alpha,
                                        {p.at(0), p.at(1), p.at(2), type, count});
             });
}

const RegisteredLowering forward{"activation", lowerForward};
const RegisteredLowering backward{"activationBackward", lowerBackward};

}  // namespace

}  // namespace node_cudnn::cudnn
