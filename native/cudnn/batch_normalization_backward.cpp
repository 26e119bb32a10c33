// Gradients of batch normalization: cuDNN's node with the batch's statistics; sums of this backend
// where cuDNN takes it not, where nobody wants the input's gradient, and with constant statistics.
#include "batch_normalization.h"

namespace node_cudnn::cudnn {

namespace {

struct GradientBuffers {
  BufferId x = -1;
  BufferId dy = -1;
  BufferId gamma = -1;
  BufferId mean = -1;
  BufferId inverseDeviation = -1;
  BufferId dx = -1;
  BufferId dgamma = -1;
  BufferId dbeta = -1;
};

OperationGraph backwardGraph(const Normalized& n, const GradientBuffers& buffers = {}) {
  OperationGraph graph;
  const auto image = [&](const char* name, BufferId buffer) {
    return graph.image(name, n.shape, n.type, buffer);
  };
  const auto vector = [&](const char* name, BufferId buffer) {
    return graph.channels(name, n.channels(), DataType::Float32, buffer);
  };
  const Uid x = image("x", buffers.x);
  const Uid dy = image("dy", buffers.dy);
  const Uid gamma = vector("gamma", buffers.gamma);
  const Uid mean = vector("mean", buffers.mean);
  const Uid inverse = vector("inverse deviation", buffers.inverseDeviation);
  const Uid dx = image("dx", buffers.dx);
  const Uid dgamma = vector("dgamma", buffers.dgamma);
  const Uid dbeta = vector("dbeta", buffers.dbeta);
  graph.batchNormalizationBackward(x, dy, gamma, mean, inverse, dx, dgamma, dbeta);
  return graph;
}

bool wants(const Op& op, std::size_t output) {
  return output < op.outputs.size() && op.outputs[output] != kNoTensor;
}

void emitSums(Lowering& lowering, const Normalized& n, const GradientBuffers& b,
              const std::string& note) {
  const ChannelRows rows = n.rows();
  const BufferId partial =
      lowering.temporary("gradient sums", CudaLayout::raw(partialSumBytes(rows, 2), "f64"));
  Command sums;
  sums.work = Work::Primitive;
  sums.reads = {b.x, b.dy, b.mean, b.inverseDeviation};
  sums.writes = {partial};
  sums.detail = note.empty() ? "gradient sums" : "gradient sums; " + note;
  lowering.emitLaunch(std::move(sums), {b.x, b.dy, b.mean, b.inverseDeviation, partial},
                      [rows](const Pointers& p, const Execution& e) {
                        launchGradientSums(e.stream, rows, p.at(0), p.at(1), p.as<float>(2),
                                           p.as<float>(3), p.as<double>(4));
                      });
  Command finish;
  finish.reads = {partial};
  finish.writes = {b.dgamma, b.dbeta};
  finish.detail = "parameter gradients";
  lowering.emitLaunch(std::move(finish), {partial, b.dgamma, b.dbeta},
                      [rows](const Pointers& p, const Execution& e) {
                        launchParameterGradients(e.stream, rows, p.as<double>(0), p.as<float>(1),
                                                 p.as<float>(2));
                      });
}

// gamma: -1 where there is none.
void emitInputGradient(Lowering& lowering, const Normalized& n, const GradientBuffers& b) {
  Command command;
  command.work = Work::Primitive;
  command.reads = {b.x, b.dy, b.gamma, b.mean, b.inverseDeviation, b.dgamma, b.dbeta};
  command.writes = {b.dx};
  command.mayShare = {{b.dx, b.dy}, {b.dx, b.x}};
  command.detail = "input gradient";
  std::vector<BufferId> buffers = command.reads;
  buffers.push_back(b.dx);
  lowering.emitLaunch(std::move(command), std::move(buffers),
                      [rows = n.rows()](const Pointers& p, const Execution& e) {
                        const BatchGradient gradient{p.at(0),        p.at(1),        p.as<float>(2),
                                                     p.as<float>(3), p.as<float>(4), p.as<float>(5),
                                                     p.as<float>(6)};
                        launchInputGradient(e.stream, rows, gradient, p.at(7));
                      });
}

// 1 / sqrt(variance + epsilon) of the batch: as the forward op left it, or made again.
BufferId inverseDeviationOf(Lowering& lowering, const Op& op, const Normalized& n, BufferId mean) {
  const auto* left = lowering.recall<InverseDeviation>(op.inputs[3]);
  if (left != nullptr) return left->buffer;
  const BufferId inverse = lowering.temporary("inverse deviation", n.vector());
  const BufferId variance = lowering.as(op.inputs[4], DataType::Float32);
  emitChannelMap(lowering, n, kNoTensor, kNoTensor, mean, variance, {-1, -1, inverse});
  return inverse;
}

void lowerTraining(Lowering& lowering, const Op& op, const Normalized& n) {
  GradientBuffers b;
  b.x = lowering.as(op.inputs[0], n.type);
  b.dy = lowering.as(op.inputs[1], n.type);
  b.mean = lowering.as(op.inputs[3], DataType::Float32);
  b.inverseDeviation = inverseDeviationOf(lowering, op, n, b.mean);
  const PlanAnswer answer = wants(op, 0) ? lowering.plan(backwardGraph(n)) : PlanAnswer{};
  b.gamma = lowering.as(op.inputs[2], DataType::Float32);
  if (answer && b.gamma < 0) {
    b.gamma = lowering.temporary("ones", n.vector());
    emitIdentity(lowering, n, b.gamma, -1);
  }
  b.dgamma = produceVector(lowering, op, 1, n, "dgamma");
  b.dbeta = produceVector(lowering, op, 2, n, "dbeta");
  if (wants(op, 0)) b.dx = lowering.producePlain(op.outputs[0], n.type);
  if (answer) return lowering.emitPlan(backwardGraph(n, b), answer);
  emitSums(lowering, n, b, wants(op, 0) ? "split: " + answer.refusal : "");
  if (wants(op, 0)) emitInputGradient(lowering, n, b);
}

// The statistics are constants: moving ones.
void lowerConstant(Lowering& lowering, const Op& op, const Normalized& n) {
  GradientBuffers b;
  b.dy = lowering.as(op.inputs[1], n.type);
  b.mean = lowering.as(op.inputs[3], DataType::Float32);
  const BufferId variance = lowering.as(op.inputs[4], DataType::Float32);
  const bool parameters = wants(op, 1) || wants(op, 2);
  MapBuffers map;
  if (wants(op, 0)) map.scale = lowering.temporary("scale", n.vector());
  if (parameters) map.inverseDeviation = lowering.temporary("inverse deviation", n.vector());
  emitChannelMap(lowering, n, op.inputs[2], kNoTensor, b.mean, variance, map);
  if (parameters) {
    b.x = lowering.as(op.inputs[0], n.type);
    b.inverseDeviation = map.inverseDeviation;
    if (wants(op, 1)) b.dgamma = lowering.produce(op.outputs[1], n.vector());
    if (wants(op, 2)) b.dbeta = lowering.produce(op.outputs[2], n.vector());
    emitSums(lowering, n, b, "");
  }
  if (!wants(op, 0)) return;
  emitMapped(lowering, n, b.dy, map.scale, -1, lowering.producePlain(op.outputs[0], n.type), "");
}

void lowerBackward(Lowering& lowering, const Op& op) {
  const Normalized n(lowering, op);
  if (op.attributes.boolean("training")) return lowerTraining(lowering, op, n);
  lowerConstant(lowering, op, n);
}

const RegisteredLowering backward{"batchNormalizationBackward", lowerBackward};

}  // namespace

}  // namespace node_cudnn::cudnn
