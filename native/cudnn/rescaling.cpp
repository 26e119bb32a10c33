// y = scale x + offset, unless the command that feeds x has done it.
#include "rescaling.h"

#include "launch_count.h"
#include "lowering.h"

namespace node_cudnn::cudnn {

Rescaling rescalingOf(const Op& op) {
  return {static_cast<float>(op.attributes.number("scale")),
          static_cast<float>(op.attributes.number("offset", 0))};
}

namespace {

void emitRescaling(Lowering& lowering, const Op& op, BufferId x, const Rescaling& rescaling) {
  const BufferId y = lowering.produceActivation(op.outputs[0]);
  Command command;
  command.reads = {x};
  command.writes = {y};
  command.mayShare = {{y, x}};
  command.detail = launchCount(1);
  const DataType type = lowering.computeType();
  const std::int64_t count = elementCount(lowering.shape(op.inputs[0]));
  lowering.emitLaunch(
      std::move(command), {x, y}, [=](const Pointers& pointers, const Execution& execution) {
        launchRescaling(execution.stream, pointers.at(0), pointers.at(1), type, count, rescaling);
      });
}

void lowerForward(Lowering& lowering, const Op& op) {
  const BufferId x = lowering.as(op.inputs[0], lowering.computeType());
  if (lowering.recall<RescaledByFeed>(op.outputs[0]) != nullptr) return;
  emitRescaling(lowering, op, x, rescalingOf(op));
}

// dx = scale dy.
void lowerBackward(Lowering& lowering, const Op& op) {
  const BufferId dy = lowering.as(op.inputs[0], lowering.computeType());
  emitRescaling(lowering, op, dy, {rescalingOf(op).scale, 0});
}

const RegisteredLowering forward{"rescaling", lowerForward};
const RegisteredLowering backward{"rescalingBackward", lowerBackward};

}  // namespace

}  // namespace node_cudnn::cudnn
