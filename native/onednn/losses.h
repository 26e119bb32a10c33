// What losses and metrics share: rows of predictions against targets, and their weighted sums.
#pragma once

#include <algorithm>
#include <numeric>

#include "lowering.h"
#include "parallel.h"

namespace node_cudnn::onednn {

// Targets of one row: a class label, or one value for each class.
struct RowTarget {
  const std::int32_t* label;  // null when dense
  const float* dense;

  float at(std::int64_t c) const {
    return label == nullptr ? dense[c] : (*label == c ? 1.0F : 0.0F);
  }
};

// Sizes of predictions [N,...,C]: `positions` is the product of the axes between.
struct LossShape {
  std::int64_t samples;
  std::int64_t positions;
  std::int64_t classes;
  bool labels;  // the targets are Integer

  LossShape(const Lowering& lowering, const Op& op);
};

// Index of the first maximum.
std::int64_t argmax(const float* values, std::int64_t count);

// Rows that one part of a parallel loop takes.
std::int64_t rowsPerChunk(std::int64_t classes);

// What a loss or metric counts: samples, or the sum of w / positions unless the weights are null.
double countOf(const LossShape& shape, const float* weights);

// Adds {sum of rowValues, count} to the accumulator.
void accumulate(double* accumulator, const double* rowValues, std::int64_t rows, double count);

// Emits a command that calls, for every row,
//   row(prediction, target, gradient or null, factor) -> the row's loss
// where factor = scale w / (N positions) and gradient takes factor times the derivative.
template <typename Row>
void lowerLoss(Lowering& lowering, const Op& op, const Row& row) {
  const LossShape shape(lowering, op);
  const double scale = op.attributes.number("scale", 1);
  const bool countWeights = op.attributes.boolean("countWeights", false);
  const TensorId gradient = op.outputs.empty() ? kNoTensor : op.outputs[0];
  const std::vector<BufferId> reads = {lowering.plain(op.inputs[0]), lowering.plain(op.inputs[1]),
                                       lowering.plain(op.inputs[2])};
  const BufferId accumulator = lowering.own(op.inputs[3]);
  const BufferId result = lowering.producePlain(gradient);
  const std::int64_t rows = shape.samples * shape.positions;
  Command command;
  command.work = Work::Loss;
  command.reads = {reads[0], reads[1], reads[2], accumulator};
  command.writes = {accumulator, result};
  command.scratchBytes = static_cast<std::size_t>(rows) * sizeof(double);
  command.kernel = loopKernel(
      {reads[0], reads[1], reads[2], accumulator, result},
      [=](const Pointers& p, const StepState&) {
        const float* prediction = p.floats(0);
        const float* weights = p.floats(2);
        float* gradients = p.floats(4);
        double* values = p.scratch<double>();
        const double share = 1.0 / static_cast<double>(shape.positions);
        const double factor = scale * share / static_cast<double>(shape.samples);
        parallelChunks(
            rows, rowsPerChunk(shape.classes), [&](std::int64_t begin, std::int64_t end) {
              for (std::int64_t r = begin; r < end; ++r) {
                const double w = weights == nullptr ? 1.0 : weights[r];
                const std::int64_t at = r * shape.classes;
                const RowTarget target{shape.labels ? p.integers(1) + r : nullptr,
                                       shape.labels ? nullptr : p.floats(1) + at};
                values[r] =
                    w * share *
                    row(prediction + at, target, gradients == nullptr ? nullptr : gradients + at,
                        static_cast<float>(factor * w), shape.classes);
              }
            });
        accumulate(p.doubles(3), values, rows, countOf(shape, countWeights ? weights : nullptr));
      });
  lowering.emit(std::move(command));
}

// Emits a command that adds the weighted mean of row(prediction, target, classes).
template <typename Row>
void lowerMetric(Lowering& lowering, const Op& op, const Row& row) {
  const LossShape shape(lowering, op);
  const std::vector<BufferId> reads = {lowering.plain(op.inputs[0]), lowering.plain(op.inputs[1]),
                                       lowering.plain(op.inputs[2])};
  const BufferId accumulator = lowering.own(op.inputs[3]);
  const std::int64_t rows = shape.samples * shape.positions;
  Command command;
  command.work = Work::Loss;
  command.reads = {reads[0], reads[1], reads[2], accumulator};
  command.writes = {accumulator};
  command.scratchBytes = static_cast<std::size_t>(rows) * sizeof(double);
  command.kernel = loopKernel({reads[0], reads[1], reads[2], accumulator}, [=](const Pointers& p,
                                                                               const StepState&) {
    const float* prediction = p.floats(0);
    const float* weights = p.floats(2);
    double* values = p.scratch<double>();
    const double share = 1.0 / static_cast<double>(shape.positions);
    parallelChunks(rows, rowsPerChunk(shape.classes), [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t r = begin; r < end; ++r) {
        const double w = weights == nullptr ? 1.0 : weights[r];
        const std::int64_t at = r * shape.classes;
        const RowTarget target{shape.labels ? p.integers(1) + r : nullptr,
                               shape.labels ? nullptr : p.floats(1) + at};
        values[r] = w * share * row(prediction + at, target, shape.classes);
      }
    });
    accumulate(p.doubles(3), values, rows, countOf(shape, weights));
  });
  lowering.emit(std::move(command));
}

}  // namespace node_cudnn::onednn
