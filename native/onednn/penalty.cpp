// L1 and L2 penalties on a weight: their sum to the accumulator, their derivative to the gradient.
#include <cmath>
#include <numeric>

#include "lowering.h"
#include "parallel.h"

namespace node_cudnn::onednn {

namespace {

struct Penalty {
  float l1;
  float l2;
};

// gradient and result may be null, and may be the same.
double penalize(const float* weights, const float* gradients, float* result, std::int64_t count,
                const Penalty& penalty) {
  double sum = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    const float w = weights[i];
    sum += static_cast<double>(penalty.l1) * std::abs(w) + static_cast<double>(penalty.l2) * w * w;
    if (result == nullptr) continue;
    const float sign = w > 0 ? 1.0F : (w < 0 ? -1.0F : 0.0F);
    const float slope = penalty.l1 * sign + 2 * penalty.l2 * w;
    result[i] = (gradients == nullptr ? 0.0F : gradients[i]) + slope;
  }
  return sum;
}

void lowerPenalty(Lowering& lowering, const Op& op) {
  const Penalty penalty{static_cast<float>(op.attributes.number("l1", 0)),
                        static_cast<float>(op.attributes.number("l2", 0))};
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
          partial[begin / kChunk] =
              penalize(p.floats(0) + begin, p.has(2) ? p.floats(2) + begin : nullptr,
                       p.has(3) ? p.floats(3) + begin : nullptr, end - begin, penalty);
        });
        p.doubles(1)[0] += std::accumulate(partial, partial + (count + kChunk - 1) / kChunk, 0.0);
        p.doubles(1)[1] += 1;
      });
  lowering.emit(std::move(command));
}

const RegisteredLowering registered{"penalty", lowerPenalty};

}  // namespace

}  // namespace node_cudnn::onednn
