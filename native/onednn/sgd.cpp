// Stochastic gradient descent with momentum: v = m v - lr g; w += v, or Nesterov's w += m v - lr g.
#include "optimizer_step.h"
#include "parallel.h"

namespace node_cudnn::onednn {

namespace {

void step(float* weights, const float* gradients, std::int64_t count, const GradientRule& rule,
          float rate) {
  parallelElements(count, [=](std::int64_t begin, std::int64_t end) {
#pragma GCC ivdep
    for (std::int64_t i = begin; i < end; ++i) {
      weights[i] = weights[i] * rule.keep - rate * rule(gradients[i], weights[i]);
    }
  });
}

void momentumStep(float* weights, const float* gradients, float* velocities, std::int64_t count,
                  const GradientRule& rule, float rate, float momentum, bool nesterov) {
  // The weight moves by look v + own g.
  const float look = nesterov ? momentum : 1.0F;
  const float own = nesterov ? rate : 0.0F;
  parallelElements(count, [=](std::int64_t begin, std::int64_t end) {
#pragma GCC ivdep
    for (std::int64_t i = begin; i < end; ++i) {
      const float g = rule(gradients[i], weights[i]);
      const float v = momentum * velocities[i] - rate * g;
      velocities[i] = v;
      weights[i] = weights[i] * rule.keep + look * v - own * g;
    }
  });
}

void lowerSgd(Lowering& lowering, const Op& op) {
  const auto momentum = static_cast<float>(op.attributes.number("momentum", 0));
  const bool nesterov = op.attributes.boolean("nesterov", false);
  const GradientRules rules(op.attributes);
  const std::size_t states = momentum > 0 ? 1 : 0;
  const OptimizerBuffers all(lowering, op, states);
  all.emit(
      lowering, op,
      loopKernel(all.buffers,
                 [=, weights = all.weights](const Pointers& p, const StepState& state) {
                   const double* norms = p.doubles(0);
                   if (!std::isfinite(norms[0])) return;
                   for (std::size_t w = 0; w < weights.size(); ++w) {
                     const OptimizedWeight& weight = weights[w];
                     const GradientRule rule = rules.of(norms[1 + w], norms[0], state.learningRate);
                     float* values = p.floats(weight.first);
                     const float* gradients = p.floats(weight.first + 1);
                     if (momentum > 0) {
                       momentumStep(values, gradients, p.floats(weight.first + 2), weight.count,
                                    rule, state.learningRate, momentum, nesterov);
                     } else {
                       step(values, gradients, weight.count, rule, state.learningRate);
                     }
                   }
                 }),
      states);
}

const RegisteredLowering sgd{"sgd", lowerSgd};

}  // namespace

}  // namespace node_cudnn::onednn
