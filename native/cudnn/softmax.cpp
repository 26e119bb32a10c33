// Softmax over the last axis. Its output is float32 in every precision: probabilities in bfloat16
// would not add up to 1.
#include "kernels/softmax.h"

#include "lowering.h"

namespace node_cudnn::cudnn {

namespace {

SoftmaxRows rowsOf(const Shape& shape) {
  return {elementCount(shape) / shape.back(), shape.back()};
}

// Values as they are, when a kernel can read them.
DataType readableType(Lowering& lowering, TensorId id) {
  const DataType type = lowering.typeOf(id);
  return type == DataType::BFloat16 ? type : DataType::Float32;
}

void lowerForward(Lowering& lowering, const Op& op) {
  const DataType type = readableType(lowering, op.inputs[0]);
  const BufferId x = lowering.as(op.inputs[0], type);
  const BufferId y = lowering.producePlain(op.outputs[0], DataType::Float32);
  Command command;
  command.work = Work::Primitive;
  command.reads = {x};
  command.writes = {y};
  if (type == DataType::Float32) command.mayShare = {{y, x}};
  command.detail = "softmax";
  lowering.emitLaunch(
      std::move(command), {x, y},
      [rows = rowsOf(lowering.shape(op.inputs[0])), type](const Pointers& p, const Execution& e) {
        launchSoftmax(e.stream, rows, type, p.at(0), p.as<float>(1));
      });
}

void lowerBackward(Lowering& lowering, const Op& op) {
  const DataType type = readableType(lowering, op.inputs[0]);
  const DataType result = lowering.computeType();
  const BufferId dy = lowering.as(op.inputs[0], type);
  const BufferId y = lowering.as(op.inputs[1], DataType::Float32);
  const BufferId dx = lowering.producePlain(op.outputs[0], result);
  Command command;
  command.work = Work::Primitive;
  command.reads = {dy, y};
  command.writes = {dx};
  if (type == result) command.mayShare = {{dx, dy}};
  command.detail = "softmax backward";
  lowering.emitLaunch(std::move(command), {dy, y, dx},
                      [rows = rowsOf(lowering.shape(op.inputs[0])), type, result](
                          const Pointers& p, const Execution& e) {
                        launchSoftmaxBackward(e.stream, rows, type, p.at(0), p.as<float>(1), result,
                                              p.at(2));
                      });
}

const RegisteredLowering forward{"softmax", lowerForward};
const RegisteredLowering backward{"softmaxBackward", lowerBackward};

}  // namespace

}  // namespace node_cudnn::cudnn
