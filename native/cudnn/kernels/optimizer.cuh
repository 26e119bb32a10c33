// What the optimizers' kernels share: their table of tensors and the rule of each. The state arrays
// of a tensor are as many as the optimizer has.
#pragma once

#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "../step_parameters.h"
#include "block.cuh"
#include "element.cuh"
#include "gradient_rule.h"
#include "multi_tensor.cuh"
#include "optimizer_launches.h"

namespace node_cudnn::cudnn {

template <int kStates>
struct OptimizerTable {
  BlockTable<kOptimizedTensors> blocks;
  float* weights[kOptimizedTensors];
  const void* gradients[kOptimizedTensors];
  float* states[kStates == 0 ? 1 : kStates][kOptimizedTensors];
  std::int64_t counts[kOptimizedTensors];
  bool bfloat16[kOptimizedTensors];  // the gradient is
  GradientRules rules;
  const double* norms;         // of all gradients
  const double* squares;       // of these weights' gradients
  const StepParameters* step;  // on the device
};

// Values of one weight's update that do not change over its elements.
struct GradientRule {
  float scale;  // of the gradient, from clipping by norm
  float clip;   // bound on each element's magnitude
  float l2;     // coupled weight decay, added to the gradient
  float keep;   // factor on the weight: decoupled weight decay

  __device__ float operator()(float gradient, float weight) const {
    const float g = gradient * scale;
    const float bounded = g > clip ? clip : (g < -clip ? -clip : g);
    return bounded + l2 * weight;
  }
};

__device__ inline double shrink(double limit, double norm) {
  return limit > 0 && norm > limit ? limit / norm : 1.0;
}

// Clipping is by global norm, then by the gradient's own norm, then by value.
__device__ inline GradientRule ruleOf(const GradientRules& rules, double squares,
                                      double squaresOfAll, double learningRate) {
  const double global = shrink(rules.globalClipNorm, sqrt(squaresOfAll));
  const double scale = global * shrink(rules.clipNorm, global * sqrt(squares));
  GradientRule rule;
  rule.scale = static_cast<float>(scale);
  rule.clip =
      rules.clipValue > 0 ? static_cast<float>(rules.clipValue) : std::numeric_limits<float>::max();
  rule.l2 = rules.decoupled ? 0.0F : static_cast<float>(rules.weightDecay);
  rule.keep = rules.decoupled ? static_cast<float>(1 - learningRate * rules.weightDecay) : 1.0F;
  return rule;
}

// Calls update(w, g, states, rule) on the elements of the block's part, for each of which it has
// float& w, float g and float (&states)[kStates]. The width of 4 makes accesses of 16 bytes to all
// but bfloat16 gradients.
template <typename Gradient, int kStates, typename Update>
__device__ inline void updatePart(const OptimizerTable<kStates>& table, const Part& part,
                                  const Update& update) {
  constexpr int kHeld = kStates == 0 ? 1 : kStates;
  float* weights = table.weights[part.tensor];
  const auto* gradients = static_cast<const Gradient*>(table.gradients[part.tensor]);
  float* states[kHeld];
#pragma unroll
  for (int s = 0; s < kHeld; ++s) states[s] = table.states[s][part.tensor];
  forPart<4>(
      part, table.counts[part.tensor],
      [&](std::int64_t i) {
        float w[4];
        float g[4];
        float held[kHeld][4];
        load(weights + i, w);
        load(gradients + i, g);
#pragma unroll
        for (int s = 0; s < kStates; ++s) load(states[s] + i, held[s]);
#pragma unroll
        for (int j = 0; j < 4; ++j) {
          float own[kHeld];
#pragma unroll
          for (int s = 0; s < kStates; ++s) own[s] = held[s][j];
          update(w[j], g[j], own);
#pragma unroll
          for (int s = 0; s < kStates; ++s) held[s][j] = own[s];
        }
        store(weights + i, w);
#pragma unroll
        for (int s = 0; s < kStates; ++s) store(states[s] + i, held[s]);
      },
      [&](std::int64_t i) {
        float own[kHeld];
#pragma unroll
        for (int s = 0; s < kStates; ++s) own[s] = states[s][i];
        update(weights[i], toFloat(gradients[i]), own);
#pragma unroll
        for (int s = 0; s < kStates; ++s) states[s][i] = own[s];
      });
}

template <int kStates, typename Update>
__device__ inline void updatePart(const OptimizerTable<kStates>& table, const Part& part,
                                  const Update& update) {
  if (table.bfloat16[part.tensor]) {
    updatePart<BFloat16>(table, part, update);
  } else {
    updatePart<float>(table, part, update);
  }
}

// Calls launch(table) for every 80 tensors. norms: as gradientNorm leaves them.
template <int kStates, typename Launch>
void forTables(std::span<const OptimizedTensor> tensors, const GradientRules& rules,
               const double* norms, const StepParameters* step, const Launch& launch) {
  const double* squares = norms + 1;
  while (!tensors.empty()) {
    const auto count = std::min<std::size_t>(tensors.size(), kOptimizedTensors);
    OptimizerTable<kStates> table{};
    for (std::size_t i = 0; i < count; ++i) {
      const OptimizedTensor& tensor = tensors[i];
      table.weights[i] = tensor.weight;
      table.gradients[i] = tensor.gradient;
      for (int s = 0; s < kStates; ++s) table.states[s][i] = tensor.states[s];
      table.counts[i] = tensor.count;
      table.bfloat16[i] = tensor.gradientType == DataType::BFloat16;
    }
    table.blocks.fill(
        static_cast<int>(count), [&](int i) { return table.counts[i]; }, 4096, 2048);
    table.rules = rules;
    table.norms = norms;
    table.squares = squares;
    table.step = step;
    launch(table);
    tensors = tensors.subspan(count);
    squares += count;
  }
}

}  // namespace node_cudnn::cudnn
