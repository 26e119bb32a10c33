#include "losses.h"

#include <utility>

#include "launch_count.h"

namespace node_cudnn::cudnn {

namespace {

RowShape rowShape(const Lowering& lowering, const Op& op) {
  const Shape& shape = lowering.shape(op.inputs[0]);
  RowShape rows;
  rows.samples = shape.front();
  rows.classes = shape.back();
  rows.positions = elementCount(shape) / (rows.samples * rows.classes);
  rows.labels = lowering.tensor(op.inputs[1]).type == ElementType::Integer;
  return rows;
}

// Predictions of this type, targets, sample weights, accumulator.
std::vector<BufferId> buffersOf(Lowering& lowering, const Op& op, DataType type) {
  const bool labels = lowering.tensor(op.inputs[1]).type == ElementType::Integer;
  return {lowering.as(op.inputs[0], type),
          labels ? lowering.own(op.inputs[1]) : lowering.as(op.inputs[1], DataType::Float32),
          lowering.as(op.inputs[2], DataType::Float32), lowering.own(op.inputs[3])};
}

RowOperands operandsOf(const Pointers& pointers, DataType type) {
  return {pointers.at(0),         type,
          pointers.at(1),         pointers.as<const float>(2),
          pointers.as<double>(3), pointers.scratch<double>()};
}

Command commandOf(const RowShape& shape, const std::vector<BufferId>& reads) {
  Command command;
  command.work = Work::Loss;
  command.reads = reads;
  command.writes = {reads.back()};
  command.scratchBytes = partialBytes(shape);
  command.launches = 2;
  command.detail = launchCount(command.launches);
  return command;
}

}  // namespace

void lowerLoss(Lowering& lowering, const Op& op, LossLaunch launch) {
  const RowShape shape = rowShape(lowering, op);
  const DataType type = lowering.computeType();
  std::vector<BufferId> buffers = buffersOf(lowering, op, type);
  Command command = commandOf(shape, buffers);
  buffers.push_back(lowering.produceActivation(op.outputs.empty() ? kNoTensor : op.outputs[0]));
  command.writes.push_back(buffers.back());
  const double scale = op.attributes.number("scale", 1);
  const bool countWeights = op.attributes.boolean("countWeights", false);
  lowering.emitLaunch(std::move(command), std::move(buffers),
                      [=](const Pointers& pointers, const Execution& execution) {
                        launch(execution.stream, shape,
                               {operandsOf(pointers, type), pointers.at(4), scale, countWeights});
                      });
}

void lowerMetric(Lowering& lowering, const Op& op, MetricLaunch launch) {
  const RowShape shape = rowShape(lowering, op);
  const DataType type = lowering.typeOf(op.inputs[0]);
  std::vector<BufferId> buffers = buffersOf(lowering, op, type);
  Command command = commandOf(shape, buffers);
  lowering.emitLaunch(
      std::move(command), std::move(buffers),
      [=, launch = std::move(launch)](const Pointers& pointers, const Execution& execution) {
        launch(execution.stream, shape, operandsOf(pointers, type));
      });
}

}  // namespace node_cudnn::cudnn
