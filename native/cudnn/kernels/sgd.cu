#include "optimizer.cuh"
#include "sgd.h"

namespace node_cudnn::cudnn {

namespace {

struct SgdRates {
  float rate;
  float momentum;
  // The weight moves by look v + own g.
  float look;
  float own;
};

template <int kStates>
__global__ void step(const __grid_constant__ OptimizerTable<kStates> table, float momentum,
                     bool nesterov) {
  __shared__ GradientRule shared;
  if (!isFinite(table.norms[0])) return;
  const Part part = table.blocks.part();
  const float rate = table.step->learningRate;
  if (threadIdx.x == 0) {
    shared = ruleOf(table.rules, table.squares[part.tensor], table.norms[0], rate);
  }
  __syncthreads();
  const GradientRule rule = shared;
  const SgdRates r{rate, momentum, nesterov ? momentum : 1.0F, nesterov ? rate : 0.0F};
  updatePart(table, part, [=](float& w, float gradient, auto& states) {
    const float g = rule(gradient, w);
    if constexpr (kStates == 0) {
      w = w * rule.keep - r.rate * g;
    } else {
      const float v = r.momentum * states[0] - r.rate * g;
      states[0] = v;
      w = w * rule.keep + r.look * v - r.own * g;
    }
  });
}
static_assert(sizeof(OptimizerTable<1>) + 8 <= kParameterBytes);

}  // namespace

void launchSgd(cudaStream_t stream, const StepParameters* parameters, const double* norms,
               std::span<const OptimizedTensor> tensors, const Sgd& sgd) {
  const auto launch = [&](const auto& table) {
    step<<<table.blocks.blocks(), kThreads, 0, stream>>>(table, sgd.momentum, sgd.nesterov);
  };
  if (sgd.momentum > 0) {
    forTables<1>(tensors, sgd.rules, norms, parameters, launch);
  } else {
    forTables<0>(tensors, sgd.rules, norms, parameters, launch);
  }
}

}  // namespace node_cudnn::cudnn
