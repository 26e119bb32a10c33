// Dropout: the mask comes from Philox, so that the backward op and every other backend draw it
// again instead of keeping it.
#include "kernels/dropout.h"

#include <cmath>

#include "launch_count.h"
#include "lowering.h"

namespace node_cudnn::cudnn {

namespace {

Dropout dropoutOf(const Op& op, const Shape& shape) {
  const double rate = op.attributes.number("rate");
  Dropout dropout;
  dropout.stream = static_cast<std::uint32_t>(op.attributes.integer("stream"));
  dropout.threshold = static_cast<std::uint32_t>(std::ceil(std::ldexp(rate, 24)));
  dropout.scale = rate < 1 ? static_cast<float>(1 / (1 - rate)) : 0.0F;
  dropout.rowElements = static_cast<std::uint64_t>(elementCount(shape) / shape.front());
  return dropout;
}

void lowerDropout(Lowering& lowering, const Op& op) {
  const DataType type = lowering.computeType();
  const Shape& shape = lowering.shape(op.inputs[0]);
  const bool relu = op.attributes.boolean("reluBackward", false);
  const BufferId x = lowering.as(op.inputs[0], type);
  const BufferId reluOutput = relu ? lowering.as(op.inputs[1], type) : -1;
  const BufferId y = lowering.produceActivation(op.outputs[0]);
  Command command;
  command.reads = {x, reluOutput};
  command.writes = {y};
  command.mayShare = {{y, x}};
  command.detail = relu ? "philox4x32-10, ReLU backward" : "philox4x32-10";
  command.detail += "; " + launchCount(1);
  lowering.emitLaunch(std::move(command), {x, reluOutput, y},
                      [type, count = elementCount(shape), dropout = dropoutOf(op, shape)](
                          const Pointers& pointers, const Execution& execution) {
                        launchDropout(
                            execution.stream, execution.parameters, dropout,
                            {pointers.at(0), pointers.at(1), pointers.at(2), type, count});
                      });
}

const RegisteredLowering forward{"dropout", lowerDropout};
const RegisteredLowering backward{"dropoutBackward", lowerDropout};

}  // namespace

}  // namespace node_cudnn::cudnn
