// L1 and L2 penalties on a weight: their sum to the accumulator, their derivative to the gradient.
#include <cmath>
#include <numeric>

#include "lowering.h"
#include "parallel.h"

namespace node_cudnn::onednn {

namespace {

struct Penalty {
  double l1;
  double l2;
};

double sumOf(const float* weights, std::int64_t count, const Penalty& penalty) {
  constexpr std::int64_t lanes = 16;  // independent sums, so that the loop can be vectorized
  double absolute[lanes] = {};
  double squared[lanes] = {};
  const auto add = [&](std::int64_t lane, float weight) {
    const auto w = static_cast<double>(weight);
    absolute[lane] += std::abs(w);
    squared[lane] += w * w;
  };
  std::int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    for (std::int64_t lane = 0; lane < lanes; ++lane) add(lane, weights[i + lane]);
  }
  for (; i < count; ++i) add(0, weights[i]);
  return penalty.l1 * std::accumulate(absolute, absolute + lanes, 0.0) +
         penalty.l2 * std::accumulate(squared, squared + lanes, 0.0);
}

// result = gradients + the penalty's derivative. gradients may be null, and may be result.
void addSlope(const float* weights, const float* gradients, float* result, std::int64_t count,
              const Penalty& penalty) {
  const auto l1 = static_cast<float>(penalty.l1);
  const auto l2 = static_cast<float>(2 * penalty.l2);
  const auto slope = [=](float w) { return (w > 0 ? l1 : 0.0F) - (w < 0 ? l1 : 0.0F) + l2 * w; };
  if (gradients == nullptr) {
#pragma GCC ivdep
    for (std::int64_t i = 0; i < count; ++i) result[i] = slope(weights[i]);
  } else {
#pragma GCC ivdep
    for (std::int64_t i = 0; i < count; ++i) result[i] = gradients[i] + slope(weights[i]);
  }
}

void lowerPenalty(Lowering& lowering, const Op& op) {
  const Penalty penalty{op.attributes.number("l1", 0), op.attributes.number("l2", 0)};
  const double samples = op.attributes.number("samples", 1);
  const TensorId gradient = op.inputs.size() > 2 ? op.inputs[2] : kNoTensor;
  const TensorId result = op.outputs.empty() ? kNoTensor : op.outputs[0];
  const CpuLayout layout = lowering.layoutOf(op.inputs[0]);
  const BufferId weights = lowering.own(op.inputs[0]);
  const BufferId accumulator = lowering.own(op.inputs[1]);
  const BufferId from = gradient == kNoTensor ? -1 : lowering.as(gradient, layout);
  const BufferId to = lowering.produce(result, layout);
  const auto count = static_cast<std::int64_t>(layout.bytes() / sizeof(float));
  Command command;
  command.work = Work::Loss;
  command.reads = {weights, accumulator, from};
  command.writes = {accumulator, to};
  if (from >= 0 && to >= 0) command.mayShare = {{to, from}};
  command.scratchBytes = static_cast<std::size_t>((count + kChunk - 1) / kChunk) * sizeof(double);
  command.kernel =
      loopKernel({weights, accumulator, from, to}, [=](const Pointers& p, const StepState&) {
        double* partial = p.scratch<double>();
        parallelElements(count, [&](std::int64_t begin, std::int64_t end) {
          const float* values = p.floats(0) + begin;
          partial[begin / kChunk] = sumOf(values, end - begin, penalty);
          if (!p.has(3)) return;
          addSlope(values, p.has(2) ? p.floats(2) + begin : nullptr, p.floats(3) + begin,
                   end - begin, penalty);
        });
        p.doubles(1)[0] +=
            samples * std::accumulate(partial, partial + (count + kChunk - 1) / kChunk, 0.0);
      });
  lowering.emit(std::move(command));
}

const RegisteredLowering registered{"penalty", lowerPenalty};

}  // namespace

}  // namespace node_cudnn::onednn
