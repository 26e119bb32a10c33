// Max pooling; the argmax that the backward op reads holds each winner's position in its window.
#include <limits>

#include "core/error.h"
#include "pooling2d.h"

namespace node_cudnn::cudnn {

namespace {

// How the argmax is kept: as cuDNN writes it, or as this backend's kernel does.
struct Argmax {
  DataType type;  // Int8 or Int32
};

// Why cuDNN cannot do both passes, or nothing. They go together, since they share the argmax.
std::string refusalOf(Lowering& lowering, const Pooling& pooling, bool indexed) {
  constexpr std::int64_t most = std::numeric_limits<std::int8_t>::max();
  if (indexed && pooling.windowCells() > most + 1) {
    return "its index holds positions up to " + std::to_string(most) + ", the window has " +
           std::to_string(pooling.windowCells());
  }
  const PlanAnswer forward = lowering.plan(pooling.forward(indexed));
  if (!forward) return forward.refusal.empty() ? "refused" : forward.refusal;
  if (!indexed) return "";
  const PlanAnswer backward = lowering.plan(pooling.backward(true));
  return backward ? "" : "backward: " + backward.refusal;
}

void lowerForward(Lowering& lowering, const Op& op) {
  const TensorId kept = op.outputs.size() > 1 ? op.outputs[1] : kNoTensor;
  const bool indexed = kept != kNoTensor;
  const Pooling pooling =
      Pooling::from(op, lowering.shape(op.inputs[0]), lowering.shape(op.outputs[0]),
                    PoolingMode::Max, lowering.computeType());
  const std::string refusal = refusalOf(lowering, pooling, indexed);
  const Argmax argmax{refusal.empty() ? DataType::Int8 : DataType::Int32};
  const auto positions = static_cast<std::size_t>(elementCount(pooling.y));
  const BufferId x = lowering.as(op.inputs[0], pooling.type);
  const BufferId y = lowering.producePlain(op.outputs[0], pooling.type);
  const BufferId index =
      lowering.produce(kept, CudaLayout::raw(positions * bytesOf(argmax.type),
                                             "argmax " + std::string(toString(argmax.type))));
  if (indexed) lowering.remember(kept, argmax);
  if (refusal.empty()) return lowering.emitPlan(pooling.forward(indexed, x, y, index));
  Command command;
  command.work = Work::Primitive;
  command.reads = {x};
  command.writes = {y, index};
  command.detail = "max pooling; split: " + refusal;
  lowering.emitLaunch(std::move(command), {x, y, index},
                      [shape = pooling.kernelShape()](const Pointers& p, const Execution& e) {
                        launchMaxPooling(e.stream, shape, p.at(0), p.at(1), p.as<std::int32_t>(2));
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
  const BufferId dy = lowering.as(op.inputs[0], pooling.type);
  const BufferId index = lowering.own(op.inputs[1]);
  const BufferId dx = lowering.producePlain(op.outputs[0], pooling.type);
  if (argmax->type == DataType::Int8) {
    return lowering.emitPlan(pooling.backward(true, dy, index, dx));
  }
  Command command;
  command.work = Work::Primitive;
  command.reads = {dy, index};
  command.writes = {dx};
  command.detail = "max pooling backward";
  lowering.emitLaunch(std::move(command), {dy, index, dx},
                      [shape = pooling.kernelShape()](const Pointers& p, const Execution& e) {
                        launchMaxPoolingBackward(e.stream, shape, p.at(0), p.as<std::int32_t>(1),
                                                 p.at(2));
                      });
}

const RegisteredLowering forward{"maxPooling2d", lowerForward};
const RegisteredLowering backward{"maxPooling2dBackward", lowerBackward};

}  // namespace

}  // namespace node_cudnn::cudnn
