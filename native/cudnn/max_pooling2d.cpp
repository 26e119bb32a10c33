// Max pooling; the argmax that the backward op reads holds each winner's position in its window.
#include <limits>

#include "core/error.h"
#include "pointwise_shape.h"
#include "pooling2d.h"

namespace node_cudnn::cudnn {

namespace {

// How the argmax is kept: as cuDNN writes it, or as this backend's kernel does.
struct Argmax {
  DataType type;  // Int8 or Int32
};

bool hasRelu(const Op& backward) { return backward.attributes.boolean("reluBackward", false); }

// The op that will read the argmax, or null.
const Op* readerOf(const Lowering& lowering, TensorId argmax) {
  for (const Op& op : lowering.graph().ops()) {
    if (op.type() == "maxPooling2dBackward" && op.inputs[1] == argmax) return &op;
  }
  return nullptr;
}

OperationGraph reluBackward(const Pooling& pooling, BufferId dy = -1, BufferId y = -1,
                            BufferId dx = -1) {
  const Shape shape = pointwiseShape(pooling.x);
  OperationGraph graph;
  const Uid from = graph.image("dy", shape, pooling.type, dy);
  const Uid output = graph.image("y", shape, pooling.type, y);
  const Uid to = graph.image("dx", shape, pooling.type, dx);
  graph.pointwiseBackward(Pointwise::ReluBackward, output, from, to);
  return graph;
}

// Why cuDNN cannot do both passes, or nothing. They go together, since they share the argmax.
std::optional<std::string> refusalOf(Lowering& lowering, const Pooling& pooling, TensorId argmax) {
  constexpr std::int64_t most = std::numeric_limits<std::int8_t>::max();
  const bool indexed = argmax != kNoTensor;
  if (indexed && pooling.windowCells() > most + 1) {
    return "its index holds positions up to " + std::to_string(most) + ", the window has " +
           std::to_string(pooling.windowCells());
  }
  const PlanAnswer forward = lowering.plan(pooling.forward(indexed));
  if (!forward) return forward.refusal;
  const Op* reader = indexed ? readerOf(lowering, argmax) : nullptr;
  if (reader == nullptr) return std::nullopt;
  if (hasRelu(*reader)) {
    if (lowering.plan(pooling.backwardWithRelu())) return std::nullopt;
    const PlanAnswer relu = lowering.plan(reluBackward(pooling));
    if (!relu) return "ReLU's backward: " + relu.refusal;
  }
  const PlanAnswer backward = lowering.plan(pooling.backward(true));
  if (backward) return std::nullopt;
  return "backward: " + backward.refusal;
}

void lowerForward(Lowering& lowering, const Op& op) {
  const TensorId kept = op.outputs.size() > 1 ? op.outputs[1] : kNoTensor;
  const bool indexed = kept != kNoTensor;
  const Pooling pooling =
      Pooling::from(op, lowering.shape(op.inputs[0]), lowering.shape(op.outputs[0]),
                    PoolingMode::Max, lowering.computeType());
  const std::optional<std::string> refusal = refusalOf(lowering, pooling, kept);
  const Argmax argmax{refusal ? DataType::Int32 : DataType::Int8};
  const auto positions = static_cast<std::size_t>(elementCount(pooling.y));
  const BufferId x = lowering.as(op.inputs[0], pooling.type);
  const BufferId y = lowering.producePlain(op.outputs[0], pooling.type);
  const BufferId index =
      lowering.produce(kept, CudaLayout::raw(positions * bytesOf(argmax.type),
                                             "argmax " + std::string(toString(argmax.type))));
  if (indexed) lowering.remember(kept, argmax);
  if (!refusal) return lowering.emitPlan(pooling.forward(indexed, x, y, index));
  Command command;
  command.work = Work::Primitive;
  command.reads = {x};
  command.writes = {y, index};
  command.detail = "max pooling; split: " + *refusal;
  lowering.emitLaunch(std::move(command), {x, y, index},
                      [shape = pooling.kernelShape()](const Pointers& p, const Execution& e) {
                        launchMaxPooling(e.stream, shape, p.at(0), p.at(1), p.as<std::int32_t>(2));
                      });
}

struct GradientBuffers {
  BufferId dy;
  BufferId index;
  BufferId reluOutput;  // -1: no ReLU is joined
  BufferId dx;
};

void emitGraphs(Lowering& lowering, const Pooling& pooling, const GradientBuffers& b) {
  if (b.reluOutput < 0) return lowering.emitPlan(pooling.backward(true, b.dy, b.index, b.dx));
  const OperationGraph joined = pooling.backwardWithRelu(b.dy, b.index, b.reluOutput, b.dx);
  const PlanAnswer answer = lowering.plan(joined);
  if (answer) return lowering.emitPlan(joined, answer);
  const CudaLayout layout = CudaLayout::plain(pooling.x, pooling.type);
  const BufferId unmasked = lowering.temporary("unmasked", layout);
  lowering.emitPlan(pooling.backward(true, b.dy, b.index, unmasked));
  lowering.emitPlan(reluBackward(pooling, unmasked, b.reluOutput, b.dx), "split: " + answer.refusal,
                    Work::Elementwise);
}

void emitKernel(Lowering& lowering, const Pooling& pooling, const GradientBuffers& b) {
  Command command;
  command.work = Work::Primitive;
  command.reads = {b.dy, b.index, b.reluOutput};
  command.writes = {b.dx};
  command.detail = "max pooling backward";
  lowering.emitLaunch(std::move(command), {b.dy, b.index, b.reluOutput, b.dx},
                      [shape = pooling.kernelShape()](const Pointers& p, const Execution& e) {
                        launchMaxPoolingBackward(e.stream, shape, p.at(0), p.as<std::int32_t>(1),
                                                 p.at(2), p.at(3));
                      });
}

void lowerBackward(Lowering& lowering, const Op& op) {
  const auto* argmax = lowering.recall<Argmax>(op.inputs[1]);
  if (argmax == nullptr) {
    throw Error(ErrorCode::Unsupported, op.place(),
                "its argmax does not come from a max pooling of the same graph");
  }
  const Pooling pooling =
      Pooling::from(op, lowering.shape(op.outputs[0]), lowering.shape(op.inputs[0]),
                    PoolingMode::Max, lowering.computeType());
  const GradientBuffers buffers{lowering.as(op.inputs[0], pooling.type), lowering.own(op.inputs[1]),
                                hasRelu(op) ? lowering.as(op.inputs.at(2), pooling.type) : -1,
                                lowering.producePlain(op.outputs[0], pooling.type)};
  const bool byGraph = argmax->type == DataType::Int8;
  (byGraph ? emitGraphs : emitKernel)(lowering, pooling, buffers);
}

const RegisteredLowering forward{"maxPooling2d", lowerForward};
const RegisteredLowering backward{"maxPooling2dBackward", lowerBackward};

}  // namespace

}  // namespace node_cudnn::cudnn
