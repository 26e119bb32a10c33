// Sums of squares of all gradients in one pass; the first tells whether everything is finite.
#include "kernels/gradient_norm.h"

#include <algorithm>

#include "core/error.h"
#include "launch_count.h"
#include "lowering.h"

namespace node_cudnn::cudnn {

namespace {

struct Operand {
  std::int64_t count;
  DataType type;
};

Operand operandOf(Lowering& lowering, const Op& op, TensorId id) {
  const CudaLayout& layout = lowering.layoutOf(id);
  if (layout.type() != DataType::Float32 && layout.type() != DataType::BFloat16) {
    throw Error(ErrorCode::Internal, op.place(),
                "'" + lowering.tensor(id).name + "' is " + layout.text() + ", needed: f32 or bf16");
  }
  return {layout.elements(), layout.type()};
}

void lowerNorm(Lowering& lowering, const Op& op) {
  const auto accumulators = static_cast<std::size_t>(op.attributes.integer("accumulators"));
  std::vector<BufferId> buffers;
  std::vector<Operand> gradients;
  for (std::size_t i = 0; i < op.inputs.size(); ++i) {
    buffers.push_back(lowering.own(op.inputs[i]));
    if (i >= accumulators) gradients.push_back(operandOf(lowering, op, op.inputs[i]));
  }
  const BufferId norms = lowering.producePlain(op.outputs[0], DataType::Double);
  Command command;
  command.work = Work::Check;
  command.reads = buffers;
  command.writes = {norms};
  command.scratchBytes = kGradientNormBytes;
  command.launches = gradientNormLaunches(gradients.size(), accumulators);
  command.detail = launchCount(command.launches);
  buffers.push_back(norms);
  lowering.emitLaunch(std::move(command), std::move(buffers),
                      [accumulators, gradients = std::move(gradients)](const Pointers& pointers,
                                                                       const Execution& execution) {
                        GradientNorms all;
                        for (std::size_t i = 0; i < accumulators; ++i) {
                          all.accumulators.push_back(pointers.as<double>(i));
                        }
                        for (std::size_t i = 0; i < gradients.size(); ++i) {
                          all.gradients.push_back({pointers.at(accumulators + i),
                                                   gradients[i].count, gradients[i].type});
                        }
                        all.norms = pointers.as<double>(accumulators + gradients.size());
                        all.partial = pointers.scratch<double>();
                        launchGradientNorms(execution.stream, all);
                      });
}

const RegisteredLowering norm{"gradientNorm", lowerNorm};

}  // namespace

}  // namespace node_cudnn::cudnn
