#include "gradient_rule.h"

#include <algorithm>
#include <cmath>

namespace node_cudnn::reference {

namespace {

// What shrinks a norm to at most `limit`; 1 when the limit is off.
double shrink(double limit, double norm) { return limit > 0 ? limit / std::max(norm, limit) : 1; }

}  // namespace

GradientRule::GradientRule(const Call& call, double globalSumOfSquares, double sumOfSquares) {
  const Attributes& attributes = call.attributes();
  const double globalFactor =
      shrink(attributes.number("globalClipNorm", 0), std::sqrt(globalSumOfSquares));
  factor = globalFactor *
           shrink(attributes.number("clipNorm", 0), globalFactor * std::sqrt(sumOfSquares));
  limit = attributes.number("clipValue", 0);
  const double decay = attributes.number("weightDecay", 0);
  if (attributes.text("weightDecayMode", "decoupled") == "l2") {
    l2 = decay;
  } else {
    keep = 1 - call.state.learningRate * decay;
  }
}

double GradientRule::gradient(double gradient, double weight) const {
  double g = gradient * factor;
  if (limit > 0) g = std::clamp(g, -limit, limit);
  return g + l2 * weight;
}

}  // namespace node_cudnn::reference
