// What the optimizers share: how gradients are clipped and decayed, and the one command over all
// weights.
#pragma once

#include <vector>

#include "kernels/gradient_rule.h"
#include "lowering.h"

namespace node_cudnn::cudnn {

GradientRules gradientRules(const Attributes& attributes);

// One weight's update; its gradient and states lie behind it among the command's buffers.
struct OptimizedWeight {
  std::int64_t count;
  DataType gradientType;
};

// An optimizer's buffers: norms, then each weight, its gradient and its `states` state tensors, all
// in the weight's order.
class OptimizerCommand {
 public:
  OptimizerCommand(Lowering& lowering, const Op& op, std::size_t states);

  // Emits the command. launch: void(const Execution&, const double* norms,
  // std::span<const OptimizedTensor>).
  template <typename Launch>
  void emit(Launch launch) {
    lowering_.emitLaunch(std::move(command_), std::move(buffers_),
                         [launch, states = states_, weights = std::move(weights_)](
                             const Pointers& pointers, const Execution& execution) {
                           launch(execution, pointers.as<const double>(0),
                                  tensorsOf(pointers, weights, states));
                         });
    markUpdated();
  }

 private:
  static std::vector<OptimizedTensor> tensorsOf(const Pointers& pointers,
                                                const std::vector<OptimizedWeight>& weights,
                                                std::size_t states);
  void markUpdated();

  Lowering& lowering_;
  const Op& op_;
  std::size_t states_;
  Command command_;
  std::vector<BufferId> buffers_;
  std::vector<OptimizedWeight> weights_;
};

}  // namespace node_cudnn::cudnn
