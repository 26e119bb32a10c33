#include <limits>
#include <span>

#include "block.cuh"
#include "element.cuh"
#include "gradient_norm.h"
#include "multi_tensor.cuh"

namespace node_cudnn::cudnn {

namespace {

constexpr int kGradients = 160;
constexpr int kAccumulators = 64;
constexpr int kBlocks = static_cast<int>(kGradientNormBlocks);
constexpr int kSlots = (kBlocks + kThreads - 1) / kThreads;  // partial sums of one thread

using Blocks = BlockTable<kGradients>;

struct Gradients {
  Blocks blocks;
  const void* values[kGradients];
  std::int64_t counts[kGradients];
  bool bfloat16[kGradients];
};
static_assert(sizeof(Gradients) + sizeof(double*) <= kParameterBytes);

struct Sums {
  Blocks blocks;
  const double* accumulators[kAccumulators];
  int accumulatorCount;
  bool first;     // norms[0] holds nothing yet
  double* norms;  // of all gradients
  double* latch;  // becomes NaN with norms[0]; may be null
  double* own;    // of these gradients
};
static_assert(sizeof(Sums) + sizeof(double*) <= kParameterBytes);

template <typename Element>
__device__ double sumOfPart(const Part& part, const void* gradient, std::int64_t count) {
  constexpr int kWidth = 16 / static_cast<int>(sizeof(Element));
  const auto* values = static_cast<const Element*>(gradient);
  double sum = 0;
  forPart<kWidth>(
      part, count,
      [&](std::int64_t i) {
        float group[kWidth];
        load(values + i, group);
        sum += sumOfSquares(group);
      },
      [&](std::int64_t i) {
        const float alone[1] = {toFloat(values[i])};
        sum += sumOfSquares(alone);
      });
  return sum;
}

__global__ void sumSquares(const __grid_constant__ Gradients table, double* partial) {
  const Part part = table.blocks.part();
  const void* gradient = table.values[part.tensor];
  const std::int64_t count = table.counts[part.tensor];
  const double sum = table.bfloat16[part.tensor] ? sumOfPart<BFloat16>(part, gradient, count)
                                                 : sumOfPart<float>(part, gradient, count);
  const double all = blockSum(sum);
  if (threadIdx.x == 0) partial[blockIdx.x] = all;
}

// Sums each tensor's run of partial sums into its first place, all runs at once.
__device__ void sumRuns(const Blocks& blocks, const double* partial, double* sums) {
  const int thread = static_cast<int>(threadIdx.x);
  int place[kSlots];  // within its run
  int length[kSlots];
#pragma unroll
  for (int k = 0; k < kSlots; ++k) {
    const int i = thread + k * kThreads;
    place[k] = length[k] = 0;
    if (i >= blocks.first[blocks.tensors]) continue;
    const int tensor = blocks.find(i);
    place[k] = i - blocks.first[tensor];
    length[k] = blocks.first[tensor + 1] - blocks.first[tensor];
    sums[i] = partial[i];
  }
  for (int stride = 1; stride < kBlocks; stride *= 2) {
    __syncthreads();
#pragma unroll
    for (int k = 0; k < kSlots; ++k) {
      const int i = thread + k * kThreads;
      if (place[k] % (2 * stride) == 0 && place[k] + stride < length[k]) {
        sums[i] += sums[i + stride];
      }
    }
  }
  __syncthreads();
}

__global__ void sumNorms(const __grid_constant__ Sums table, const double* partial) {
  __shared__ double sums[kBlocks];
  const int thread = static_cast<int>(threadIdx.x);
  sumRuns(table.blocks, partial, sums);
  double mine = 0;
  if (thread < table.blocks.tensors) {
    mine = sums[table.blocks.first[thread]];
    table.own[thread] = mine;
  }
  double bad = 0;
  if (thread < table.accumulatorCount) {
    const double* accumulator = table.accumulators[thread];
    bad = isFinite(accumulator[0]) && isFinite(accumulator[1]) ? 0 : 1;
  }
  double total = blockSum(mine);
  const bool finite = blockSum(bad) == 0;
  if (thread != 0) return;
  if (!table.first) total += table.norms[0];
  if (!finite || !isFinite(total)) {
    total = std::numeric_limits<double>::quiet_NaN();
    if (table.latch != nullptr) table.latch[0] = total;
  }
  table.norms[0] = total;
}
static_assert(kGradients <= kThreads && kAccumulators <= kThreads);

template <typename T>
std::span<T> take(std::span<T>& left, std::size_t most) {
  const std::span<T> now = left.first(std::min(left.size(), most));
  left = left.subspan(now.size());
  return now;
}

Gradients tableOf(std::span<const NormedGradient> gradients) {
  Gradients table{};
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    table.values[i] = gradients[i].values;
    table.counts[i] = gradients[i].count;
    table.bfloat16[i] = gradients[i].type == DataType::BFloat16;
  }
  table.blocks.fill(
      static_cast<int>(gradients.size()), [&](int i) { return table.counts[i]; }, 8192, 1024);
  return table;
}

}  // namespace

int gradientNormLaunches(std::size_t gradients, std::size_t accumulators) {
  const std::size_t norms = (gradients + kGradients - 1) / kGradients;
  const std::size_t sums = (accumulators + kAccumulators - 1) / kAccumulators;
  return static_cast<int>(norms + std::max({norms, sums, std::size_t{1}}));
}

void launchGradientNorms(cudaStream_t stream, const GradientNorms& operands) {
  std::span<const NormedGradient> gradients = operands.gradients;
  std::span<double* const> accumulators = operands.accumulators;
  Sums sums{};
  sums.norms = operands.norms;
  sums.own = operands.norms + 1;
  sums.latch = accumulators.empty() ? nullptr : accumulators.front();
  sums.first = true;
  do {
    const Gradients table = tableOf(take(gradients, kGradients));
    if (table.blocks.tensors > 0) {
      sumSquares<<<table.blocks.blocks(), kThreads, 0, stream>>>(table, operands.partial);
    }
    const std::span<double* const> checked = take(accumulators, kAccumulators);
    std::ranges::copy(checked, sums.accumulators);
    sums.accumulatorCount = static_cast<int>(checked.size());
    sums.blocks = table.blocks;
    sumNorms<<<1, kThreads, 0, stream>>>(sums, operands.partial);
    sums.own += table.blocks.tensors;
    sums.first = false;
  } while (!gradients.empty() || !accumulators.empty());
}

}  // namespace node_cudnn::cudnn
