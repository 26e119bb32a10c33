#include "optimizer_step.h"

#include "core/error.h"
#include "gradient_layout.h"
#include "kernels/optimizer_launches.h"
#include "launch_count.h"

namespace node_cudnn::cudnn {

GradientRules gradientRules(const Attributes& attributes) {
  GradientRules rules;
  rules.weightDecay = attributes.number("weightDecay", 0);
  rules.decoupled = attributes.text("weightDecayMode", "decoupled") == "decoupled";
  rules.clipNorm = attributes.number("clipNorm", 0);
  rules.globalClipNorm = attributes.number("globalClipNorm", 0);
  rules.clipValue = attributes.number("clipValue", 0);
  return rules;
}

OptimizerCommand::OptimizerCommand(Lowering& lowering, const Op& op, std::size_t states)
    : lowering_(lowering), op_(op), states_(states) {
  buffers_.push_back(lowering.own(op.inputs[0]));
  for (std::size_t i = 1; i + 1 + states < op.inputs.size(); i += 2 + states) {
    const CudaLayout layout = lowering.layoutOf(op.inputs[i]);
    if (layout.type() != DataType::Float32) {
      throw Error(
          ErrorCode::Internal, op.place(),
          "'" + lowering.tensor(op.inputs[i]).name + "' is " + layout.text() + ", needed: f32");
    }
    weights_.push_back(
        {layout.elements(), gradientType(lowering, op, op.inputs[i + 1], op.inputs[i])});
    const BufferId weight = lowering.own(op.inputs[i]);
    buffers_.insert(buffers_.end(), {weight, lowering.own(op.inputs[i + 1])});
    command_.writes.push_back(weight);
    for (std::size_t s = 0; s < states; ++s) {
      buffers_.push_back(lowering.adopt(op.inputs[i + 2 + s], layout));
      command_.writes.push_back(buffers_.back());
    }
  }
  command_.work = Work::Optimizer;
  command_.reads = buffers_;
  command_.launches = optimizerLaunches(weights_.size());
  command_.detail = launchCount(command_.launches);
}

std::vector<OptimizedTensor> OptimizerCommand::tensorsOf(
    const Pointers& pointers, const std::vector<OptimizedWeight>& weights, std::size_t states) {
  std::vector<OptimizedTensor> tensors;
  std::size_t at = 1;
  for (const OptimizedWeight& weight : weights) {
    OptimizedTensor tensor;
    tensor.weight = pointers.as<float>(at);
    tensor.gradient = pointers.at(at + 1);
    for (std::size_t s = 0; s < states; ++s) tensor.states[s] = pointers.as<float>(at + 2 + s);
    tensor.count = weight.count;
    tensor.gradientType = weight.gradientType;
    tensors.push_back(tensor);
    at += 2 + states;
  }
  return tensors;
}

void OptimizerCommand::markUpdated() {
  for (std::size_t i = 1; i + 1 + states_ < op_.inputs.size(); i += 2 + states_) {
    lowering_.updated(op_.inputs[i]);
    for (std::size_t s = 0; s < states_; ++s) lowering_.updated(op_.inputs[i + 2 + s]);
  }
}

}  // namespace node_cudnn::cudnn
