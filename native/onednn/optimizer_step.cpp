#include "optimizer_step.h"

#include "core/error.h"

namespace node_cudnn::onednn {

GradientRules::GradientRules(const Attributes& attributes)
    : weightDecay(attributes.number("weightDecay", 0)),
      decoupled(attributes.text("weightDecayMode", "decoupled") == "decoupled"),
      clipNorm(attributes.number("clipNorm", 0)),
      globalClipNorm(attributes.number("globalClipNorm", 0)),
      clipValue(attributes.number("clipValue", 0)) {}

GradientRule GradientRules::of(double squares, double squaresOfAll, double learningRate) const {
  const auto factor = [](double limit, double sumOfSquares) {
    const double norm = std::sqrt(sumOfSquares);
    return limit > 0 && norm > limit ? limit / norm : 1.0;
  };
  // Clipping is by global norm, then by the gradient's own norm.
  const double global = factor(globalClipNorm, squaresOfAll);
  const double scale = global * factor(clipNorm, global * global * squares);
  GradientRule rule;
  rule.scale = static_cast<float>(scale);
  rule.clip = clipValue > 0 ? static_cast<float>(clipValue) : std::numeric_limits<float>::max();
  rule.l2 = decoupled ? 0.0F : static_cast<float>(weightDecay);
  rule.keep = decoupled ? static_cast<float>(1 - learningRate * weightDecay) : 1.0F;
  return rule;
}

OptimizerBuffers::OptimizerBuffers(Lowering& lowering, const Op& op, std::size_t states) {
  buffers.push_back(lowering.own(op.inputs[0]));
  for (std::size_t i = 1; i + 1 + states < op.inputs.size(); i += 2 + states) {
    const CpuLayout layout = lowering.layoutOf(op.inputs[i]);
    weights.push_back({static_cast<std::int64_t>(layout.bytes() / sizeof(float)), buffers.size()});
    buffers.push_back(lowering.own(op.inputs[i]));
    buffers.push_back(lowering.as(op.inputs[i + 1], layout));
    for (std::size_t s = 0; s < states; ++s) {
      const TensorId state = op.inputs[i + 2 + s];
      lowering.adopt(state, layout);
      if (!lowering.layoutOf(state).equals(layout)) {
        throw Error(ErrorCode::Internal, op.place(), "optimizer state in another layout");
      }
      buffers.push_back(lowering.own(state));
    }
  }
}

void OptimizerBuffers::emit(Lowering& lowering, const Op& op, std::unique_ptr<Kernel> kernel,
                            std::size_t states) const {
  Command command;
  command.work = Work::Optimizer;
  command.reads = buffers;
  for (const OptimizedWeight& weight : weights) {
    command.writes.push_back(buffers[weight.first]);
    for (std::size_t s = 0; s < states; ++s) {
      command.writes.push_back(buffers[weight.first + 2 + s]);
    }
  }
  command.kernel = std::move(kernel);
  lowering.emit(std::move(command));
  for (std::size_t i = 1; i + 1 + states < op.inputs.size(); i += 2 + states) {
    lowering.updated(op.inputs[i]);
    for (std::size_t s = 0; s < states; ++s) lowering.updated(op.inputs[i + 2 + s]);
  }
}

}  // namespace node_cudnn::onednn
