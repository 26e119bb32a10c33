// Batch normalization over the last axis. With the batch's statistics: cuDNN's node, which takes
// multiples of 4 or 8 channels, or sums of this backend. With moving ones: y = scale x + shift.
#include "batch_normalization.h"

#include "pointwise_shape.h"

namespace node_cudnn::cudnn {

BufferId produceVector(Lowering& lowering, const Op& op, std::size_t i, const Normalized& n,
                       const char* name) {
  const TensorId id = i < op.outputs.size() ? op.outputs[i] : kNoTensor;
  return id == kNoTensor ? lowering.temporary(name, n.vector()) : lowering.produce(id, n.vector());
}

void emitIdentity(Lowering& lowering, const Normalized& n, BufferId gamma, BufferId beta) {
  Command command;
  command.writes = {gamma, beta};
  command.detail = "identity parameters";
  lowering.emitLaunch(std::move(command), {gamma, beta},
                      [channels = n.channels()](const Pointers& p, const Execution& e) {
                        launchIdentityParameters(e.stream, channels, p.as<float>(0),
                                                 p.as<float>(1));
                      });
}

void emitChannelMap(Lowering& lowering, const Normalized& n, TensorId gamma, TensorId beta,
                    BufferId mean, BufferId variance, const MapBuffers& map) {
  const BufferId gammas = lowering.as(gamma, DataType::Float32);
  const BufferId betas = lowering.as(beta, DataType::Float32);
  Command command;
  command.reads = {gammas, betas, mean, variance};
  command.writes = {map.scale, map.shift, map.inverseDeviation};
  command.detail = "scale and shift";
  lowering.emitLaunch(
      std::move(command),
      {gammas, betas, mean, variance, map.scale, map.shift, map.inverseDeviation},
      [channels = n.channels(), epsilon = n.epsilon](const Pointers& p, const Execution& e) {
        launchChannelMap(e.stream, channels, {p.as<float>(0), p.as<float>(1), epsilon},
                         p.as<float>(2), p.as<float>(3),
                         {p.as<float>(4), p.as<float>(5), p.as<float>(6)});
      });
}

void emitMapped(Lowering& lowering, const Normalized& n, BufferId from, BufferId scale,
                BufferId shift, BufferId to, const std::string& note) {
  OperationGraph graph;
  const Shape shape = pointwiseShape(n.shape);
  const Uid x = graph.image("x", shape, n.type, from);
  const Uid y = graph.image("y", shape, n.type, to);
  const auto vector = [&](const char* name, BufferId buffer) {
    return graph.channels(name, n.channels(), DataType::Float32, buffer);
  };
  const Uid scaled = shift < 0 ? y : graph.virtualLike("scaled", x);
  graph.pointwise(Pointwise::Multiply, x, vector("scale", scale), scaled);
  if (shift >= 0) graph.pointwise(Pointwise::Add, scaled, vector("shift", shift), y);
  const PlanAnswer answer = lowering.plan(graph);
  if (answer) return lowering.emitPlan(graph, answer, note);
  Command command;
  command.work = Work::Primitive;
  command.reads = {from, scale, shift};
  command.writes = {to};
  command.mayShare = {{to, from}};
  command.detail = "scale and shift by channel; split: " + answer.refusal;
  lowering.emitLaunch(std::move(command), {from, scale, shift, to},
                      [rows = n.rows()](const Pointers& p, const Execution& e) {
                        launchMapped(e.stream, rows, p.at(0), p.as<float>(1), p.as<float>(2),
                                     p.at(3));
                      });
}

namespace {

struct TrainingBuffers {
  BufferId x = -1;
  BufferId gamma = -1;
  BufferId beta = -1;
  BufferId y = -1;
  BufferId mean = -1;
  BufferId inverseDeviation = -1;
};

OperationGraph trainingGraph(const Normalized& n, const TrainingBuffers& buffers = {}) {
  OperationGraph graph;
  const auto vector = [&](const char* name, BufferId buffer) {
    return graph.channels(name, n.channels(), DataType::Float32, buffer);
  };
  const Uid x = graph.image("x", n.shape, n.type, buffers.x);
  const Uid gamma = vector("gamma", buffers.gamma);
  const Uid beta = vector("beta", buffers.beta);
  const Uid epsilon = graph.scalar("epsilon", static_cast<float>(n.epsilon), x);
  const Uid y = graph.image("y", n.shape, n.type, buffers.y);
  graph.batchNormalization(x, gamma, beta, epsilon, y, vector("mean", buffers.mean),
                           vector("inverse deviation", buffers.inverseDeviation));
  return graph;
}

void emitVariance(Lowering& lowering, const Normalized& n, BufferId inverseDeviation,
                  BufferId variance) {
  Command command;
  command.reads = {inverseDeviation};
  command.writes = {variance};
  command.detail = "variance";
  lowering.emitLaunch(
      std::move(command), {inverseDeviation, variance},
      [channels = n.channels(), epsilon = n.epsilon](const Pointers& p, const Execution& e) {
        launchVariance(e.stream, channels, epsilon, p.as<float>(0), p.as<float>(1));
      });
}

void emitMoments(Lowering& lowering, const Normalized& n, BufferId x, BufferId mean,
                 BufferId variance) {
  const ChannelRows rows = n.rows();
  const BufferId partial =
      lowering.temporary("moment sums", CudaLayout::raw(partialSumBytes(rows, 2), "f64"));
  Command sums;
  sums.reads = {x};
  sums.writes = {partial};
  sums.detail = "moment sums";
  lowering.emitLaunch(std::move(sums), {x, partial}, [rows](const Pointers& p, const Execution& e) {
    launchMomentSums(e.stream, rows, p.at(0), p.as<double>(1));
  });
  Command moments;
  moments.reads = {x, partial};
  moments.writes = {mean, variance};
  moments.detail = "moments";
  lowering.emitLaunch(std::move(moments), {x, partial, mean, variance},
                      [rows](const Pointers& p, const Execution& e) {
                        launchMoments(e.stream, rows, p.at(0), p.as<double>(1), p.as<float>(2),
                                      p.as<float>(3));
                      });
}

// Sums of this backend, then scale x + shift.
void lowerSplit(Lowering& lowering, const Op& op, const Normalized& n, const std::string& refusal) {
  const BufferId x = lowering.as(op.inputs[0], n.type);
  const BufferId mean = produceVector(lowering, op, 1, n, "mean");
  const BufferId variance = produceVector(lowering, op, 2, n, "variance");
  emitMoments(lowering, n, x, mean, variance);
  const MapBuffers map{lowering.temporary("scale", n.vector()),
                       lowering.temporary("shift", n.vector()),
                       lowering.temporary("inverse deviation", n.vector())};
  emitChannelMap(lowering, n, op.inputs[1], op.inputs[2], mean, variance, map);
  if (op.outputs.size() > 1) {
    lowering.remember(op.outputs[1], InverseDeviation{map.inverseDeviation});
  }
  emitMapped(lowering, n, x, map.scale, map.shift, lowering.producePlain(op.outputs[0], n.type),
             "split: " + refusal);
}

void lowerTraining(Lowering& lowering, const Op& op, const Normalized& n) {
  const PlanAnswer answer = lowering.plan(trainingGraph(n));
  if (!answer) return lowerSplit(lowering, op, n, answer.refusal);
  TrainingBuffers buffers;
  buffers.x = lowering.as(op.inputs[0], n.type);
  const BufferId ones = op.inputs[1] == kNoTensor ? lowering.temporary("ones", n.vector()) : -1;
  const BufferId zeros = op.inputs[2] == kNoTensor ? lowering.temporary("zeros", n.vector()) : -1;
  if (ones >= 0 || zeros >= 0) emitIdentity(lowering, n, ones, zeros);
  buffers.gamma = ones < 0 ? lowering.as(op.inputs[1], DataType::Float32) : ones;
  buffers.beta = zeros < 0 ? lowering.as(op.inputs[2], DataType::Float32) : zeros;
  buffers.y = lowering.producePlain(op.outputs[0], n.type);
  buffers.mean = produceVector(lowering, op, 1, n, "mean");
  buffers.inverseDeviation = lowering.temporary("inverse deviation", n.vector());
  lowering.emitPlan(trainingGraph(n, buffers), answer);
  if (op.outputs.size() > 1) {
    lowering.remember(op.outputs[1], InverseDeviation{buffers.inverseDeviation});
  }
  if (op.outputs.size() > 2 && op.outputs[2] != kNoTensor) {
    emitVariance(lowering, n, buffers.inverseDeviation,
                 lowering.produce(op.outputs[2], n.vector()));
  }
}

void lowerForward(Lowering& lowering, const Op& op) {
  const Normalized n(lowering, op);
  if (op.attributes.boolean("training")) return lowerTraining(lowering, op, n);
  const MapBuffers map{lowering.temporary("scale", n.vector()),
                       lowering.temporary("shift", n.vector())};
  emitChannelMap(lowering, n, op.inputs[1], op.inputs[2],
                 lowering.as(op.inputs[3], DataType::Float32),
                 lowering.as(op.inputs[4], DataType::Float32), map);
  const BufferId x = lowering.as(op.inputs[0], n.type);
  emitMapped(lowering, n, x, map.scale, map.shift, lowering.producePlain(op.outputs[0], n.type),
             "");
}

const RegisteredLowering forward{"batchNormalization", lowerForward};

}  // namespace

}  // namespace node_cudnn::cudnn
