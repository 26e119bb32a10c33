// Elementwise activations and their gradients, taken from the output.
#include <cmath>
#include <string_view>

#include "core/error.h"
#include "lowering.h"
#include "parallel.h"

namespace node_cudnn::onednn {

namespace {

using dnnl::algorithm;

void emitForward(Lowering& lowering, const Op& op, algorithm function, float alpha, float beta) {
  const auto kind =
      lowering.training() ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
  const auto describe = [&](const CpuLayout& layout) {
    return dnnl::eltwise_forward::primitive_desc({kind, function, layout.desc(), alpha, beta},
                                                 Lowering::plannedScratchpad(), lowering.engine());
  };
  CpuLayout layout = lowering.layoutOf(op.inputs[0]);
  dnnl::eltwise_forward::primitive_desc descriptor = describe(layout);
  if (std::string_view(descriptor.impl_info_str()).find("ref") != std::string_view::npos) {
    // Functions that are not 0 at 0 have no fast implementation over a blocked format's padding.
    layout = CpuLayout(layout.view(), layout.view().plain());
    descriptor = describe(layout);
  }
  const BufferId x = lowering.as(op.inputs[0], layout);
  const BufferId y = lowering.produce(op.outputs[0], layout);
  lowering.emitPrimitive(dnnl::eltwise_forward(descriptor), descriptor,
                         {{DNNL_ARG_SRC, x, layout.desc()}}, {{DNNL_ARG_DST, y, layout.desc()}},
                         {{y, x}}, Work::Elementwise);
}

template <typename Function>
void emitLoop(Lowering& lowering, const Op& op, const CpuLayout& layout, const Function& function) {
  const BufferId x = lowering.as(op.inputs[0], layout);
  const BufferId y = lowering.produce(op.outputs[0], layout);
  const auto count = static_cast<std::int64_t>(layout.bytes() / sizeof(float));
  Command command;
  command.reads = {x};
  command.writes = {y};
  command.mayShare = {{y, x}};
  command.detail = op.attributes.text("function") + " " + layout.text();
  command.kernel = loopKernel({x, y}, [=](const Pointers& p, const StepState&) {
    const float* from = p.floats(0);
    float* to = p.floats(1);
    parallelElements(count, [=](std::int64_t begin, std::int64_t end) {
#pragma GCC ivdep
      for (std::int64_t i = begin; i < end; ++i) to[i] = function(from[i]);
    });
  });
  lowering.emit(std::move(command));
}

// oneDNN's ReLU makes 0 of NaN.
void emitRelu(Lowering& lowering, const Op& op) {
  emitLoop(lowering, op, lowering.layoutOf(op.inputs[0]), [](float x) { return x < 0 ? 0 : x; });
}

// oneDNN's adds the exponential to 1 before it takes the logarithm: far below 0 nothing is left of
// it. This one is not 0 at 0, so a blocked format's padding would not stay 0.
void emitSoftplus(Lowering& lowering, const Op& op) {
  const CpuLayout& layout = lowering.layoutOf(op.inputs[0]);
  emitLoop(lowering, op, CpuLayout(layout.view(), layout.view().plain()),
           [](float x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); });
}

void lowerForward(Lowering& lowering, const Op& op) {
  const std::string& function = op.attributes.text("function");
  const auto alpha = static_cast<float>(op.attributes.number("alpha", 0));
  if (function == "relu" || (function == "leakyRelu" && alpha == 0)) return emitRelu(lowering, op);
  if (function == "leakyRelu") return emitForward(lowering, op, algorithm::eltwise_relu, alpha, 0);
  if (function == "elu") return emitForward(lowering, op, algorithm::eltwise_elu, alpha, 0);
  if (function == "sigmoid") return emitForward(lowering, op, algorithm::eltwise_logistic, 0, 0);
  if (function == "tanh") return emitForward(lowering, op, algorithm::eltwise_tanh, 0, 0);
  if (function == "softplus") return emitSoftplus(lowering, op);
  if (function == "linear") return emitForward(lowering, op, algorithm::eltwise_linear, 1, 0);
  throw Error(ErrorCode::Unsupported, op.place(), "no activation is called '" + function + "'");
}

// dx = dy slope(y), over the padding too: dy is 0 there.
template <typename Slope>
void emitBackward(Lowering& lowering, const Op& op, const Slope& slope) {
  CpuLayout layout = lowering.layoutOf(op.inputs[0]);
  // The gradient stays where it is if the output exists in the same format.
  if (lowering.existing(op.inputs[1], layout) < 0) layout = lowering.layoutOf(op.inputs[1]);
  const BufferId dy = lowering.as(op.inputs[0], layout);
  const BufferId y = lowering.as(op.inputs[1], layout);
  const BufferId dx = lowering.produce(op.outputs[0], layout);
  const auto count = static_cast<std::int64_t>(layout.bytes() / sizeof(float));
  Command command;
  command.reads = {dy, y};
  command.writes = {dx};
  command.mayShare = {{dx, dy}, {dx, y}};
  command.detail = op.attributes.text("function") + " " + layout.text();
  command.kernel = loopKernel({dy, y, dx}, [=](const Pointers& p, const StepState&) {
    const float* gradient = p.floats(0);
    const float* output = p.floats(1);
    float* result = p.floats(2);
    parallelElements(count, [=](std::int64_t begin, std::int64_t end) {
      const Slope local = slope;  // a copy that the stores below cannot change
#pragma GCC ivdep
      for (std::int64_t i = begin; i < end; ++i) result[i] = gradient[i] * local(output[i]);
    });
  });
  lowering.emit(std::move(command));
}

void lowerBackward(Lowering& lowering, const Op& op) {
  const std::string& function = op.attributes.text("function");
  const auto alpha = static_cast<float>(op.attributes.number("alpha", 0));
  if (function == "relu") {
    emitBackward(lowering, op, [](float y) { return y > 0 ? 1.0F : 0.0F; });
  } else if (function == "leakyRelu") {
    emitBackward(lowering, op, [alpha](float y) { return y > 0 ? 1.0F : alpha; });
  } else if (function == "elu") {
    emitBackward(lowering, op, [alpha](float y) { return y > 0 ? 1.0F : y + alpha; });
  } else if (function == "sigmoid") {
    emitBackward(lowering, op, [](float y) { return y * (1 - y); });
  } else if (function == "tanh") {
    emitBackward(lowering, op, [](float y) { return 1 - y * y; });
  } else if (function == "softplus") {
    emitBackward(lowering, op, [](float y) { return -std::expm1(-y); });
  } else {
    emitBackward(lowering, op, [](float) { return 1.0F; });
  }
}

void lowerRescaling(Lowering& lowering, const Op& op) {
  emitForward(lowering, op, algorithm::eltwise_linear,
              static_cast<float>(op.attributes.number("scale")),
              static_cast<float>(op.attributes.number("offset", 0)));
}

void lowerRescalingBackward(Lowering& lowering, const Op& op) {
  emitForward(lowering, op, algorithm::eltwise_linear,
              static_cast<float>(op.attributes.number("scale")), 0);
}

const RegisteredLowering forward{"activation", lowerForward};
const RegisteredLowering backward{"activationBackward", lowerBackward};
const RegisteredLowering rescaling{"rescaling", lowerRescaling};
const RegisteredLowering rescalingBackward{"rescalingBackward", lowerRescalingBackward};

}  // namespace

}  // namespace node_cudnn::onednn
