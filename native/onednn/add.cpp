// Sum of tensors of one shape.
#include "lowering.h"
#include "parallel.h"

namespace node_cudnn::onednn {

namespace {

void lowerAdd(Lowering& lowering, const Op& op) {
  const CpuLayout layout = lowering.layoutOf(op.inputs[0]);
  std::vector<BufferId> buffers;
  for (const TensorId input : op.inputs) buffers.push_back(lowering.as(input, layout));
  const BufferId y = lowering.produce(op.outputs[0], layout);
  Command command;
  command.reads = buffers;
  command.writes = {y};
  // Only the first two are read before the first value is written.
  command.mayShare = {{y, buffers[0]}};
  if (buffers.size() > 1) command.mayShare.emplace_back(y, buffers[1]);
  const std::size_t inputs = buffers.size();
  buffers.push_back(y);
  const auto count = static_cast<std::int64_t>(layout.bytes() / sizeof(float));
  command.kernel = loopKernel(buffers, [=](const Pointers& p, const StepState&) {
    float* sum = p.floats(inputs);
    parallelElements(count, [&p, sum, inputs](std::int64_t begin, std::int64_t end) {
      const float* a = p.floats(0);
      for (std::size_t k = 1; k < inputs; ++k) {
        const float* b = p.floats(k);
#pragma GCC ivdep
        for (std::int64_t i = begin; i < end; ++i) sum[i] = a[i] + b[i];
        a = sum;
      }
    });
  });
  lowering.emit(std::move(command));
}

const RegisteredLowering add{"add", lowerAdd};

}  // namespace

}  // namespace node_cudnn::onednn
