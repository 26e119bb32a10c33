// What the optimizers share: how a gradient is clipped and decayed, and over which buffers they
// run. Every loop covers a weight's whole memory; the padding of blocked formats is and stays 0.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "lowering.h"

namespace node_cudnn::onednn {

// Values of one weight's update that do not change over its elements.
struct GradientRule {
  float scale;  // of the gradient, from clipping by norm
  float clip;   // bound on each element's magnitude
  float l2;     // coupled weight decay, added to the gradient
  float keep;   // factor on the weight: decoupled weight decay

  float operator()(float gradient, float weight) const {
    const float g = gradient * scale;
    const float bounded = g > clip ? clip : (g < -clip ? -clip : g);
    return bounded + l2 * weight;
  }
};

struct GradientRules {
  double weightDecay;
  bool decoupled;
  double clipNorm;
  double globalClipNorm;
  double clipValue;

  explicit GradientRules(const Attributes& attributes);
  // squares: of this gradient, squaresOfAll: of all gradients together.
  GradientRule of(double squares, double squaresOfAll, double learningRate) const;
};

// One weight with its gradient and state, as positions in the kernel's buffers.
struct OptimizedWeight {
  std::int64_t count;  // floats, padding included
  std::size_t first;   // weight, gradient, state...
};

// An optimizer's buffers: norms, then each weight, its gradient and its `states` state tensors, all
// in the weight's layout.
struct OptimizerBuffers {
  std::vector<BufferId> buffers;
  std::vector<OptimizedWeight> weights;

  OptimizerBuffers(Lowering& lowering, const Op& op, std::size_t states);
  // Emits one command over all of them.
  void emit(Lowering& lowering, const Op& op, std::unique_ptr<Kernel> kernel,
            std::size_t states) const;
};

}  // namespace node_cudnn::onednn
