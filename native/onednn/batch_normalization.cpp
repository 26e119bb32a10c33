// Batch normalization over the last axis, and the moving averages that inference uses.
#include <cmath>

#include "image_layout.h"

namespace node_cudnn::onednn {

namespace {

using Forward = dnnl::batch_normalization_forward::primitive_desc;
using Flags = dnnl::normalization_flags;

Flags flagsOf(bool scale, bool shift, bool movingStatistics) {
  Flags flags = Flags::none;
  if (scale) flags |= Flags::use_scale;
  if (shift) flags |= Flags::use_shift;
  if (movingStatistics) flags |= Flags::use_global_stats;
  return flags;
}

// The image format of a rank-4 tensor, rows as 1x1 images for the others.
CpuLayout normalizedLayout(Lowering& lowering, TensorId id) {
  if (lowering.shape(id).size() == 4) return imageLayout(lowering, id);
  const View view = View::channels(lowering.shape(id));
  return {view, view.plain()};
}

void lowerForward(Lowering& lowering, const Op& op) {
  const TensorId gamma = op.inputs[1];
  const TensorId beta = op.inputs[2];
  const bool training = op.attributes.boolean("training");
  const auto epsilon = static_cast<float>(op.attributes.number("epsilon"));
  const CpuLayout layout = normalizedLayout(lowering, op.inputs[0]);
  const Forward descriptor(
      {training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference,
       layout.desc(), epsilon, flagsOf(gamma != kNoTensor, beta != kNoTensor, !training)},
      Lowering::plannedScratchpad(), lowering.engine());
  const dnnl::memory::desc channels = View::flat(lowering.shape(op.inputs[3])).plain();
  Lowering::Arguments reads = {{DNNL_ARG_SRC, lowering.as(op.inputs[0], layout), layout.desc()},
                               {DNNL_ARG_SCALE, lowering.plain(gamma), channels},
                               {DNNL_ARG_SHIFT, lowering.plain(beta), channels}};
  const BufferId y = lowering.produce(op.outputs[0], layout);
  Lowering::Arguments writes = {{DNNL_ARG_DST, y, layout.desc()}};
  Lowering::Arguments& statistics = training ? writes : reads;
  const auto statistic = [&](std::size_t input, std::size_t output, const char* name) {
    if (!training) return lowering.plain(op.inputs[input]);
    const TensorId id = output < op.outputs.size() ? op.outputs[output] : kNoTensor;
    if (id != kNoTensor) return lowering.producePlain(id);
    const View view = View::flat(lowering.shape(op.inputs[input]));
    return lowering.temporary(name, {view, view.plain()});
  };
  statistics.push_back({DNNL_ARG_MEAN, statistic(3, 1, "mean"), channels});
  statistics.push_back({DNNL_ARG_VARIANCE, statistic(4, 2, "variance"), channels});
  lowering.emitPrimitive(dnnl::batch_normalization_forward(descriptor), descriptor, reads, writes);
}

void lowerBackward(Lowering& lowering, const Op& op) {
  const TensorId gamma = op.inputs[2];
  const bool training = op.attributes.boolean("training");
  const auto epsilon = static_cast<float>(op.attributes.number("epsilon"));
  const CpuLayout layout = normalizedLayout(lowering, op.inputs[0]);
  // The shift's value plays no part in the gradients: any vector stands for it.
  const Flags flags = flagsOf(gamma != kNoTensor, true, !training);
  const Forward forward({dnnl::prop_kind::forward_training, layout.desc(), epsilon, flags},
                        lowering.engine());
  const dnnl::batch_normalization_backward::primitive_desc descriptor(
      {dnnl::prop_kind::backward, layout.desc(), layout.desc(), epsilon, flags},
      Lowering::plannedScratchpad(), lowering.engine(), forward);
  const View channelView = View::flat(lowering.shape(op.inputs[3]));
  const dnnl::memory::desc channels = channelView.plain();
  const BufferId x = lowering.as(op.inputs[0], layout);
  const BufferId dy = lowering.as(op.inputs[1], layout);
  const auto result = [&](std::size_t i, const char* name, const CpuLayout& wanted) {
    const TensorId id = i < op.outputs.size() ? op.outputs[i] : kNoTensor;
    return id == kNoTensor ? lowering.temporary(name, wanted) : lowering.produce(id, wanted);
  };
  const CpuLayout channelLayout(channelView, channels);
  const BufferId dx = result(0, "input", layout);
  const BufferId dgamma = gamma == kNoTensor ? -1 : result(1, "gamma", channelLayout);
  const BufferId dbeta = result(2, "beta", channelLayout);
  lowering.emitPrimitive(dnnl::batch_normalization_backward(descriptor), descriptor,
                         {{DNNL_ARG_SRC, x, layout.desc()},
                          {DNNL_ARG_DIFF_DST, dy, layout.desc()},
                          {DNNL_ARG_SCALE, lowering.plain(gamma), channels},
                          {DNNL_ARG_SHIFT, lowering.plain(op.inputs[3]), channels},
                          {DNNL_ARG_MEAN, lowering.plain(op.inputs[3]), channels},
                          {DNNL_ARG_VARIANCE, lowering.plain(op.inputs[4]), channels}},
                         {{DNNL_ARG_DIFF_SRC, dx, layout.desc()},
                          {DNNL_ARG_DIFF_SCALE, dgamma, channels},
                          {DNNL_ARG_DIFF_SHIFT, dbeta, channels}});
}

// moving = momentum moving + (1 - momentum) value, unless the step is not finite.
void lowerMovingAverage(Lowering& lowering, const Op& op) {
  const double momentum = op.attributes.number("momentum");
  const std::int64_t count = elementCount(lowering.shape(op.inputs[0]));
  const BufferId moving = lowering.own(op.inputs[0]);
  const BufferId value = lowering.plain(op.inputs[1]);
  const BufferId norms = lowering.own(op.inputs[2]);
  Command command;
  command.work = Work::Optimizer;
  command.reads = {moving, value, norms};
  command.writes = {moving};
  command.kernel = loopKernel({moving, value, norms}, [=](const Pointers& p, const StepState&) {
    if (!std::isfinite(p.doubles(2)[0])) return;
    for (std::int64_t i = 0; i < count; ++i) {
      const double average = momentum * p.floats(0)[i] + (1 - momentum) * p.floats(1)[i];
      p.floats(0)[i] = static_cast<float>(average);
    }
  });
  lowering.emit(std::move(command));
  lowering.updated(op.inputs[0]);
}

const RegisteredLowering forward{"batchNormalization", lowerForward};
const RegisteredLowering backward{"batchNormalizationBackward", lowerBackward};
const RegisteredLowering movingAverage{"movingAverage", lowerMovingAverage};

}  // namespace

}  // namespace node_cudnn::onednn
