// Nearest-neighbour up-sampling: each pixel repeated; its gradient sums the copies'.
#include "kernels/up_sampling2d.h"

#include "lowering.h"

namespace node_cudnn::cudnn {

namespace {

UpSampling shapeOf(const Op& op, const Shape& small) {
  const std::vector<std::int64_t> size = op.attributes.integers("size");
  return {small[0], small[1], small[2], small[3], size[0], size[1]};
}

void lowerForward(Lowering& lowering, const Op& op) {
  const DataType type = lowering.typeOf(op.inputs[0]);
  const BufferId x = lowering.own(op.inputs[0]);
  const BufferId y = lowering.producePlain(op.outputs[0], type);
  Command command;
  command.reads = {x};
  command.writes = {y};
  command.detail = "up-sampling";
  lowering.emitLaunch(std::move(command), {x, y},
                      [shape = shapeOf(op, lowering.shape(op.inputs[0])), type](
                          const Pointers& p, const Execution& e) {
                        launchUpSampling(e.stream, shape, type, p.at(0), p.at(1));
                      });
}

void lowerBackward(Lowering& lowering, const Op& op) {
  const DataType type = lowering.computeType();
  const BufferId dy = lowering.as(op.inputs[0], type);
  const BufferId dx = lowering.producePlain(op.outputs[0], type);
  Command command;
  command.reads = {dy};
  command.writes = {dx};
  command.detail = "up-sampling backward";
  lowering.emitLaunch(std::move(command), {dy, dx},
                      [shape = shapeOf(op, lowering.shape(op.outputs[0])), type](
                          const Pointers& p, const Execution& e) {
                        launchUpSamplingBackward(e.stream, shape, type, p.at(0), p.at(1));
                      });
}

const RegisteredLowering forward{"upSampling2d", lowerForward};
const RegisteredLowering backward{"upSampling2dBackward", lowerBackward};

}  // namespace

}  // namespace node_cudnn::cudnn
