#include "pooling2d.h"

#include "core/ops/pooling2d.h"

namespace node_cudnn::cudnn {

Pooling Pooling::from(const Op& op, const Shape& x, const Shape& y, PoolingMode mode,
                      DataType type) {
  const Pooling2dParameters p = Pooling2dParameters::from(op);
  PoolingGeometry geometry;
  geometry.mode = mode;
  geometry.window = p.poolSize;
  geometry.strides = p.strides;
  geometry.before = {p.padding.top, p.padding.left};
  geometry.after = {p.padding.bottom, p.padding.right};
  return {x, y, type, geometry};
}

Pooling Pooling::global(const Shape& x, DataType type) {
  PoolingGeometry geometry;
  geometry.mode = PoolingMode::AverageExcludingPadding;
  geometry.window = {x[1], x[2]};
  return {x, {x[0], x[3]}, type, geometry};
}

OperationGraph Pooling::forward(bool indexed, BufferId x, BufferId y, BufferId index) const {
  OperationGraph graph;
  const Uid from = graph.image("x", this->x, type, x);
  const Uid to = graph.image("y", this->y, type, y);
  const Uid winners = indexed ? graph.image("index", this->y, DataType::Int8, index) : kNone;
  graph.pool(from, to, winners, geometry);
  return graph;
}

OperationGraph Pooling::backward(bool indexed, BufferId dy, BufferId index, BufferId dx) const {
  OperationGraph graph;
  const Uid from = graph.image("dy", y, type, dy);
  const Uid winners = indexed ? graph.image("index", y, DataType::Int8, index) : kNone;
  const Uid to = graph.image("dx", x, type, dx);
  graph.poolBackward(from, winners, to, geometry);
  return graph;
}

OperationGraph Pooling::backwardWithRelu(BufferId dy, BufferId index, BufferId x,
                                         BufferId dx) const {
  OperationGraph graph;
  const Uid from = graph.image("dy", y, type, dy);
  const Uid winners = graph.image("index", y, DataType::Int8, index);
  const Uid output = graph.image("x", this->x, type, x);
  const Uid to = graph.image("dx", this->x, type, dx);
  const Uid unmasked = graph.virtualLike("unmasked", to);
  graph.poolBackward(from, winners, unmasked, geometry);
  graph.pointwiseBackward(Pointwise::ReluBackward, output, unmasked, to);
  return graph;
}

PoolingShape Pooling::kernelShape() const {
  PoolingShape shape;
  shape.images = x[0];
  shape.height = x[1];
  shape.width = x[2];
  shape.channels = x[3];
  shape.outHeight = y.size() == 4 ? y[1] : 1;
  shape.outWidth = y.size() == 4 ? y[2] : 1;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    shape.window[axis] = geometry.window[axis];
    shape.strides[axis] = geometry.strides[axis];
    shape.before[axis] = geometry.before[axis];
  }
  shape.type = type;
  return shape;
}

namespace {

// On a device cuDNN 9.19 filled bfloat16 means with values that were none.
std::optional<std::string> refusedAverage(const Pooling& pooling) {
  if (pooling.type != DataType::BFloat16) return std::nullopt;
  return "cuDNN's averages in bfloat16 are wrong";
}

}  // namespace

void emitAveragePooling(Lowering& lowering, const Op& op, const Pooling& pooling) {
  const BufferId x = lowering.as(op.inputs[0], pooling.type);
  const BufferId y = lowering.producePlain(op.outputs[0], pooling.type);
  std::optional<std::string> refusal = refusedAverage(pooling);
  if (!refusal) {
    const OperationGraph graph = pooling.forward(false, x, y);
    const PlanAnswer answer = lowering.plan(graph);
    if (answer) return lowering.emitPlan(graph, answer);
    refusal = answer.refusal;
  }
  Command command;
  command.work = Work::Primitive;
  command.reads = {x};
  command.writes = {y};
  command.detail = "average pooling; split: " + *refusal;
  lowering.emitLaunch(std::move(command), {x, y},
                      [shape = pooling.kernelShape()](const Pointers& p, const Execution& e) {
                        launchAveragePooling(e.stream, shape, p.at(0), p.at(1));
                      });
}

void emitAveragePoolingBackward(Lowering& lowering, const Op& op, const Pooling& pooling) {
  const BufferId dy = lowering.as(op.inputs[0], pooling.type);
  const BufferId dx = lowering.producePlain(op.outputs[0], pooling.type);
  std::optional<std::string> refusal = refusedAverage(pooling);
  if (!refusal) {
    const OperationGraph graph = pooling.backward(false, dy, -1, dx);
    const PlanAnswer answer = lowering.plan(graph);
    if (answer) return lowering.emitPlan(graph, answer);
    refusal = answer.refusal;
  }
  Command command;
  command.work = Work::Primitive;
  command.reads = {dy};
  command.writes = {dx};
  command.detail = "average pooling backward; split: " + *refusal;
  lowering.emitLaunch(std::move(command), {dy, dx},
                      [shape = pooling.kernelShape()](const Pointers& p, const Execution& e) {
                        launchAveragePoolingBackward(e.stream, shape, p.at(0), p.at(1));
                      });
}

}  // namespace node_cudnn::cudnn
