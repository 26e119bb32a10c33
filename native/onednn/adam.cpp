// Adam (Kingma, Ba 2015) as Keras has it: w -= lr sqrt(1-b2^t)/(1-b1^t) m / (sqrt(v) + epsilon).
#include "optimizer_step.h"
#include "parallel.h"

namespace node_cudnn::onednn {

namespace {

struct AdamRates {
  float mean;    // 1 - beta1, rounded once
  float square;  // 1 - beta2
  float epsilon;
  float rate;  // with both bias corrections
};

void step(float* weights, const float* gradients, float* means, float* squares, std::int64_t count,
          const GradientRule& rule, const AdamRates& rates) {
  const AdamRates r = rates;
  parallelElements(count, [=](std::int64_t begin, std::int64_t end) {
#pragma GCC ivdep
    for (std::int64_t i = begin; i < end; ++i) {
      const float g = rule(gradients[i], weights[i]);
      const float m = means[i] + (g - means[i]) * r.mean;
      const float v = squares[i] + (g * g - squares[i]) * r.square;
      means[i] = m;
      squares[i] = v;
      weights[i] = weights[i] * rule.keep - r.rate * m / (std::sqrt(v) + r.epsilon);
    }
  });
}

void lowerAdam(Lowering& lowering, const Op& op) {
  const double beta1 = op.attributes.number("beta1", 0.9);
  const double beta2 = op.attributes.number("beta2", 0.999);
  const auto epsilon = static_cast<float>(op.attributes.number("epsilon", 1e-7));
  const GradientRules rules(op.attributes);
  constexpr std::size_t states = 2;
  const OptimizerBuffers all(lowering, op, states);
  all.emit(lowering, op,
           loopKernel(all.buffers,
                      [=, weights = all.weights](const Pointers& p, const StepState& state) {
                        const double* norms = p.doubles(0);
                        if (!std::isfinite(norms[0])) return;
                        const auto t = static_cast<double>(state.step + 1);
                        const double correction =
                            std::sqrt(1 - std::pow(beta2, t)) / (1 - std::pow(beta1, t));
                        const AdamRates rates{static_cast<float>(1 - beta1),
                                              static_cast<float>(1 - beta2), epsilon,
                                              static_cast<float>(state.learningRate * correction)};
                        for (std::size_t w = 0; w < weights.size(); ++w) {
                          const OptimizedWeight& weight = weights[w];
                          step(p.floats(weight.first), p.floats(weight.first + 1),
                               p.floats(weight.first + 2), p.floats(weight.first + 3), weight.count,
                               rules.of(norms[1 + w], norms[0], state.learningRate), rates);
                        }
                      }),
           states);
}

const RegisteredLowering adam{"adam", lowerAdam};

}  // namespace

}  // namespace node_cudnn::onednn
