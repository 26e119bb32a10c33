// Sums of squares of all gradients in one pass; the first tells whether everything is finite.
#include <cmath>
#include <limits>
#include <numeric>

#include "lowering.h"
#include "parallel.h"

namespace node_cudnn::onednn {

namespace {

constexpr std::int64_t kNormChunk = 65536;
constexpr std::int64_t kLanes = 32;

// In doubles, so that the sum is finite if every value is.
double sumOfSquares(const float* values, std::int64_t count) {
  double lanes[kLanes] = {};
  std::int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (std::int64_t lane = 0; lane < kLanes; ++lane) {
      const auto value = static_cast<double>(values[i + lane]);
      lanes[lane] += value * value;
    }
  }
  double sum = 0;
  for (const double lane : lanes) sum += lane;
  for (; i < count; ++i) sum += static_cast<double>(values[i]) * values[i];
  return sum;
}

// partial: one double for each chunk.
double sumOfSquares(const float* values, std::int64_t count, double* partial) {
  parallelChunks(count, kNormChunk, [=](std::int64_t begin, std::int64_t end) {
    partial[begin / kNormChunk] = sumOfSquares(values + begin, end - begin);
  });
  return std::accumulate(partial, partial + (count + kNormChunk - 1) / kNormChunk, 0.0);
}

void lowerNorm(Lowering& lowering, const Op& op) {
  const auto accumulators = static_cast<std::size_t>(op.attributes.integer("accumulators"));
  std::vector<BufferId> buffers;
  std::vector<std::int64_t> counts;
  std::int64_t longest = 1;
  for (std::size_t i = 0; i < op.inputs.size(); ++i) {
    buffers.push_back(lowering.own(op.inputs[i]));
    if (i < accumulators) continue;
    const std::size_t bytes = lowering.layoutOf(op.inputs[i]).bytes();
    counts.push_back(static_cast<std::int64_t>(bytes / sizeof(float)));
    longest = std::max(longest, counts.back());
  }
  const BufferId norms = lowering.producePlain(op.outputs[0]);
  Command command;
  command.work = Work::Check;
  command.reads = buffers;
  command.writes = {norms};
  command.scratchBytes =
      static_cast<std::size_t>((longest + kNormChunk - 1) / kNormChunk) * sizeof(double);
  buffers.push_back(norms);
  command.kernel = loopKernel(buffers, [=](const Pointers& p, const StepState&) {
    double* result = p.doubles(accumulators + counts.size());
    bool finite = true;
    for (std::size_t i = 0; i < accumulators; ++i) {
      finite = finite && std::isfinite(p.doubles(i)[0]) && std::isfinite(p.doubles(i)[1]);
    }
    double total = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      result[1 + i] = sumOfSquares(p.floats(accumulators + i), counts[i], p.scratch<double>());
      total += result[1 + i];
    }
    finite = finite && std::isfinite(total);
    result[0] = finite ? total : std::numeric_limits<double>::quiet_NaN();
    // A step that is started before anybody looks is not to count either.
    if (!finite && accumulators > 0) p.doubles(0)[0] = result[0];
  });
  lowering.emit(std::move(command));
}

const RegisteredLowering norm{"gradientNorm", lowerNorm};

}  // namespace

}  // namespace node_cudnn::onednn
