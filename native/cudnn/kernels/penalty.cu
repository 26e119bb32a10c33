#include <cmath>

#include "block.cuh"
#include "element.cuh"
#include "multi_tensor.cuh"
#include "penalty.h"

namespace node_cudnn::cudnn {

namespace {

constexpr int kWeights = 64;
constexpr std::int64_t kTarget = 1024;  // blocks of a launch, and one more for each weight

struct Penalties {
  BlockTable<kWeights> blocks;
  PenalizedWeight weights[kWeights];
};
static_assert(sizeof(Penalties) + sizeof(double*) <= kParameterBytes);

struct Slope {
  float l1;
  float l2;

  __device__ float operator()(float w) const {
    return (w > 0 ? l1 : 0.0F) - (w < 0 ? l1 : 0.0F) + l2 * w;
  }
};

struct Sums {
  double absolute = 0;
  double squared = 0;

  template <int kCount>
  __device__ void add(const float (&values)[kCount]) {
    float sum = 0;
#pragma unroll
    for (int i = 0; i < kCount; ++i) sum += fabsf(values[i]);
    absolute += sum;
    squared += sumOfSquares(values);
  }
};

template <typename Gradient>
__device__ Sums penalizePart(const PenalizedWeight& own, const Part& part) {
  const float* weights = own.weight;
  const auto* gradients = static_cast<const Gradient*>(own.gradient);
  float* result = own.result;
  const Slope slope{static_cast<float>(own.l1), static_cast<float>(2 * own.l2)};
  Sums sums;
  forPart<4>(
      part, own.count,
      [&](std::int64_t i) {
        float w[4];
        float g[4] = {0, 0, 0, 0};
        load(weights + i, w);
        sums.add(w);
        if (result == nullptr) return;
        if (gradients != nullptr) load(gradients + i, g);
#pragma unroll
        for (int j = 0; j < 4; ++j) g[j] += slope(w[j]);
        store(result + i, g);
      },
      [&](std::int64_t i) {
        const float w[1] = {weights[i]};
        sums.add(w);
        if (result == nullptr) return;
        result[i] = (gradients == nullptr ? 0.0F : toFloat(gradients[i])) + slope(w[0]);
      });
  return sums;
}

__global__ void penalize(const __grid_constant__ Penalties table, double* partial) {
  const Part part = table.blocks.part();
  const PenalizedWeight& own = table.weights[part.tensor];
  const Sums sums = own.gradientType == DataType::BFloat16 ? penalizePart<BFloat16>(own, part)
                                                           : penalizePart<float>(own, part);
  const double all = blockSum(own.l1 * sums.absolute + own.l2 * sums.squared);
  if (threadIdx.x == 0) partial[blockIdx.x] = all;
}

__global__ void addUp(const double* partial, int partials, double samples, double* accumulator) {
  double sum = 0;
  for (int i = static_cast<int>(threadIdx.x); i < partials; i += kThreads) sum += partial[i];
  sum = blockSum(sum);
  if (threadIdx.x == 0) accumulator[0] += samples * sum;
}

std::size_t tablesOf(std::size_t weights) { return (weights + kWeights - 1) / kWeights; }

}  // namespace

std::size_t penaltyScratchBytes(std::size_t weights) {
  return (tablesOf(weights) * kTarget + weights) * sizeof(double);
}

int penaltyLaunches(std::size_t weights) { return static_cast<int>(tablesOf(weights)) + 1; }

void launchPenalties(cudaStream_t stream, std::span<const PenalizedWeight> weights, double samples,
                     double* accumulator, double* partial) {
  int partials = 0;
  while (!weights.empty()) {
    const std::span<const PenalizedWeight> now =
        weights.first(std::min<std::size_t>(weights.size(), kWeights));
    weights = weights.subspan(now.size());
    Penalties table{};
    std::ranges::copy(now, table.weights);
    table.blocks.fill(
        static_cast<int>(now.size()), [&](int i) { return table.weights[i].count; }, 4096, kTarget);
    penalize<<<table.blocks.blocks(), kThreads, 0, stream>>>(table, partial + partials);
    partials += table.blocks.blocks();
  }
  addUp<<<1, kThreads, 0, stream>>>(partial, partials, samples, accumulator);
}

}  // namespace node_cudnn::cudnn
