// A kernel and a bias that hold the batch normalization behind them.
#include <algorithm>
#include <cmath>

#include "lowering.h"
#include "parallel.h"

namespace node_cudnn::onednn {

namespace {

// Of `rows` rows with a value for each of `channels`.
struct Fold {
  std::int64_t rows;
  std::int64_t channels;
  double epsilon;

  // Buffers: kernel, bias, gamma, beta, mean, variance; then both results.
  void operator()(const Pointers& p, const StepState&) const {
    const auto valueOf = [&](std::size_t i, std::int64_t c, float otherwise) {
      return p.has(i) ? p.floats(i)[c] : otherwise;
    };
    float* scale = p.scratch<float>();
    for (std::int64_t c = 0; c < channels; ++c) {
      const double s = valueOf(2, c, 1) / std::sqrt(p.floats(5)[c] + epsilon);
      scale[c] = static_cast<float>(s);
      const double centered = static_cast<double>(valueOf(1, c, 0)) - p.floats(4)[c];
      p.floats(7)[c] = static_cast<float>(centered * s + valueOf(3, c, 0));
    }
    parallelChunks(rows, std::max<std::int64_t>(1, kChunk / channels),
                   [&](std::int64_t begin, std::int64_t end) {
                     const float* kernel = p.floats(0);
                     float* folded = p.floats(6);
                     for (std::int64_t r = begin; r < end; ++r) {
#pragma GCC ivdep
                       for (std::int64_t c = 0; c < channels; ++c) {
                         folded[r * channels + c] = kernel[r * channels + c] * scale[c];
                       }
                     }
                   });
  }
};

void lower(Lowering& lowering, const Op& op) {
  std::vector<BufferId> buffers;
  for (const TensorId input : op.inputs) buffers.push_back(lowering.plain(input));
  Command command;
  command.reads = buffers;
  for (const TensorId output : op.outputs) {
    command.writes.push_back(lowering.producePlain(output));
    buffers.push_back(command.writes.back());
  }
  const Shape& kernel = lowering.shape(op.inputs[0]);
  const std::int64_t channels = kernel.back();
  command.scratchBytes = static_cast<std::size_t>(channels) * sizeof(float);
  command.kernel = loopKernel(
      buffers, Fold{elementCount(kernel) / channels, channels, op.attributes.number("epsilon")});
  lowering.emit(std::move(command));
}

const RegisteredLowering fold{"foldBatchNormalization", lower};

}  // namespace

}  // namespace node_cudnn::onednn
