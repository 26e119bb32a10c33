// What every optimizer does before its own rule: clipping and weight decay.
#pragma once

#include <cstdint>

#include "call.h"

namespace node_cudnn::reference {

// Clipping is by global norm, then by the gradient's own norm, then by value; L2 decay adds to the
// clipped gradient, decoupled decay multiplies the weight first (Loshchilov, Hutter 2019).
struct GradientRule {
  // sumOfSquares: of all gradients, and of this one.
  GradientRule(const Call& call, double globalSumOfSquares, double sumOfSquares);

  double decayedWeight(double weight) const { return weight * keep; }
  double gradient(double gradient, double weight) const;

  double factor = 1;  // of the gradient
  double limit = 0;   // of its absolute value; 0: none
  double keep = 1;    // of the weight
  double l2 = 0;      // weights added to the gradient
};

}  // namespace node_cudnn::reference
