// L1 and L2 penalties: their sum to the accumulator, their slopes onto the gradients. All weights
// of a joined op in one launch.
#include "kernels/penalty.h"

#include "gradient_layout.h"
#include "launch_count.h"

namespace node_cudnn::cudnn {

namespace {

// One weight of the op.
struct Penalty {
  TensorId weight;
  TensorId gradient;  // kNoTensor: none before
  TensorId result;    // kNoTensor: not wanted
  double l1;
  double l2;
};

class PenaltyCommand {
 public:
  PenaltyCommand(Lowering& lowering, const Op& op, TensorId accumulator)
      : lowering_(lowering), op_(op), samples_(op.attributes.number("samples", 1)) {
    buffers_.push_back(lowering.own(accumulator));
    command_.work = Work::Loss;
    command_.reads = command_.writes = buffers_;
  }

  // The result is float32 whatever the gradient is: a decay that is small beside the gradient would
  // be rounded away.
  void add(const Penalty& penalty) {
    const CudaLayout layout = lowering_.layoutOf(penalty.weight);
    const BufferId weight = lowering_.own(penalty.weight);
    const BufferId from = lowering_.own(penalty.gradient);
    PenalizedWeight own;
    own.count = layout.elements();
    own.l1 = penalty.l1;
    own.l2 = penalty.l2;
    if (from >= 0) {
      own.gradientType = gradientType(lowering_, op_, penalty.gradient, penalty.weight);
    }
    const BufferId to = lowering_.produce(penalty.result, layout);
    command_.reads.insert(command_.reads.end(), {weight, from});
    command_.writes.push_back(to);
    if (from >= 0 && to >= 0) command_.mayShare.emplace_back(to, from);
    buffers_.insert(buffers_.end(), {weight, from, to});
    weights_.push_back(own);
  }

  void emit() {
    command_.scratchBytes = penaltyScratchBytes(weights_.size());
    command_.launches = penaltyLaunches(weights_.size());
    command_.detail = launchCount(command_.launches);
    lowering_.emitLaunch(std::move(command_), std::move(buffers_),
                         [weights = std::move(weights_), samples = samples_](
                             const Pointers& pointers, const Execution& execution) {
                           std::vector<PenalizedWeight> all = weights;
                           for (std::size_t i = 0; i < all.size(); ++i) {
                             all[i].weight = pointers.as<const float>(1 + 3 * i);
                             all[i].gradient = pointers.at(2 + 3 * i);
                             all[i].result = pointers.as<float>(3 + 3 * i);
                           }
                           launchPenalties(execution.stream, all, samples, pointers.as<double>(0),
                                           pointers.scratch<double>());
                         });
  }

 private:
  Lowering& lowering_;
  const Op& op_;
  double samples_;
  Command command_;
  std::vector<BufferId> buffers_;  // accumulator; weight, gradient, result of each
  std::vector<PenalizedWeight> weights_;
};

void lowerPenalty(Lowering& lowering, const Op& op) {
  PenaltyCommand command(lowering, op, op.inputs[1]);
  command.add({op.inputs[0], op.inputs.size() > 2 ? op.inputs[2] : kNoTensor,
               op.outputs.empty() ? kNoTensor : op.outputs[0], op.attributes.number("l1", 0),
               op.attributes.number("l2", 0)});
  command.emit();
}

void lowerPenalties(Lowering& lowering, const Op& op) {
  const auto& l1 = std::get<std::vector<double>>(op.attributes.values().at("l1"));
  const auto& l2 = std::get<std::vector<double>>(op.attributes.values().at("l2"));
  PenaltyCommand command(lowering, op, op.inputs[0]);
  for (std::size_t i = 0; i < l1.size(); ++i) {
    command.add({op.inputs[1 + 2 * i], op.inputs[2 + 2 * i], op.outputs[i], l1[i], l2[i]});
  }
  command.emit();
}

const RegisteredLowering single{"penalty", lowerPenalty};
const RegisteredLowering joined{"penalties", lowerPenalties};

}  // namespace

}  // namespace node_cudnn::cudnn
