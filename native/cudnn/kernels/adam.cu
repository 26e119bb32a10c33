#include "adam.h"
#include "optimizer.cuh"

namespace node_cudnn::cudnn {

namespace {

struct AdamRates {
  float mean;    // 1 - beta1, rounded once
  float square;  // 1 - beta2
  float epsilon;
  float rate;  // with both bias corrections
};

struct AdamBetas {
  double beta1;
  double beta2;
  double epsilon;
};

// By squaring: a call of pow() in doubles is slow on most devices.
__device__ double power(double base, std::uint64_t exponent) {
  double result = 1;
  for (; exponent != 0; exponent /= 2) {
    if (exponent % 2 == 1) result *= base;
    base *= base;
  }
  return result;
}

__device__ AdamRates ratesOf(const AdamBetas& betas, std::uint64_t t, double learningRate) {
  const double correction = sqrt(1 - power(betas.beta2, t)) / (1 - power(betas.beta1, t));
  return {static_cast<float>(1 - betas.beta1), static_cast<float>(1 - betas.beta2),
          static_cast<float>(betas.epsilon), static_cast<float>(learningRate * correction)};
}

__global__ void step(const __grid_constant__ OptimizerTable<2> table, AdamBetas betas) {
  __shared__ GradientRule sharedRule;
  __shared__ AdamRates sharedRates;
  if (!isFinite(table.norms[0])) return;
  const Part part = table.blocks.part();
  if (threadIdx.x == 0) {
    const double rate = table.step->learningRate;
    sharedRule = ruleOf(table.rules, table.squares[part.tensor], table.norms[0], rate);
    sharedRates = ratesOf(betas, table.step->step + 1, rate);
  }
  __syncthreads();
  const GradientRule rule = sharedRule;
  const AdamRates r = sharedRates;
  updatePart(table, part, [=](float& w, float gradient, float(&states)[2]) {
    const float g = rule(gradient, w);
    const float m = states[0] + (g - states[0]) * r.mean;
    const float v = states[1] + (g * g - states[1]) * r.square;
    states[0] = m;
    states[1] = v;
    w = w * rule.keep - r.rate * m / (sqrtf(v) + r.epsilon);
  });
}
static_assert(sizeof(OptimizerTable<2>) + sizeof(AdamBetas) <= kParameterBytes);

}  // namespace

void launchAdam(cudaStream_t stream, const StepParameters* parameters, const double* norms,
                std::span<const OptimizedTensor> tensors, const Adam& adam) {
  const AdamBetas betas{adam.beta1, adam.beta2, adam.epsilon};
  forTables<2>(tensors, adam.rules, norms, parameters, [&](const auto& table) {
    step<<<table.blocks.blocks(), kThreads, 0, stream>>>(table, betas);
  });
}

}  // namespace node_cudnn::cudnn
