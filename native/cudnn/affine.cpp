#include "affine.h"

#include <optional>
#include <utility>
#include <vector>

#include "kernels/channel_sum.h"
#include "pointwise_shape.h"

namespace node_cudnn::cudnn {

namespace {

// A pointwise operation behind a product: adds itself from one tensor of the graph to another.
using Step = std::function<void(OperationGraph&, const AffineView&, Uid from, Uid to)>;

// Adds the steps, with virtual tensors between them.
void addSteps(OperationGraph& graph, const AffineView& view, const std::vector<Step>& steps,
              Uid from, Uid to) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Uid next = i + 1 == steps.size() ? to : graph.virtualLike("step", to);
    steps[i](graph, view, from, next);
    from = next;
  }
}

OperationGraph graphOfSteps(Lowering& lowering, const Shape& shape, const std::vector<Step>& steps,
                            BufferId from, BufferId to) {
  const AffineView view = AffineView::pointwise(shape);
  const DataType type = lowering.computeType();
  OperationGraph graph;
  const Uid source = view.tensor(graph, "from", type, from);
  const Uid target = view.tensor(graph, "to", type, to);
  addSteps(graph, view, steps, source, target);
  return graph;
}

// The steps on what `from` holds, as one graph; where that is refused, one by one.
void emitSteps(Lowering& lowering, const Shape& shape, const std::vector<Step>& steps,
               BufferId from, BufferId to, const std::string& note) {
  const DataType type = lowering.computeType();
  const OperationGraph graph = graphOfSteps(lowering, shape, steps, from, to);
  const PlanAnswer answer = lowering.plan(graph);
  if (answer) return lowering.emitPlan(graph, answer, note, Work::Elementwise);
  if (steps.size() == 1) return lowering.emitPlan(graph, note, Work::Elementwise);  // throws why
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const bool last = i + 1 == steps.size();
    const BufferId next = last ? to : lowering.temporary("step", CudaLayout::plain(shape, type));
    emitSteps(lowering, shape, {steps[i]}, from, next, "split: " + answer.refusal);
    from = next;
  }
}

OperationGraph graphAlone(Lowering& lowering, const Product& product, BufferId to) {
  OperationGraph graph;
  product.add(graph, product.view.tensor(graph, "product", lowering.computeType(), to));
  return graph;
}

// Why the fused graph's plan is worse than the product's and that of the steps, or nothing. By
// their times where they were taken; else by tensor cores, which an engine for a fused graph may
// lack: 5 ms instead of 0.4 for a grouped data gradient of AlexNet on an H200.
std::optional<std::string> whyApart(Lowering& lowering, const Product& product,
                                    const std::vector<Step>& steps, const PlanAnswer& fused) {
  if (lowering.precision() == Precision::Float32 && fused.milliseconds == 0) return std::nullopt;
  if (fused.milliseconds == 0 && onTensorCores(*fused.plan)) return std::nullopt;
  const PlanAnswer alone = lowering.plan(graphAlone(lowering, product, -1));
  if (!alone) return std::nullopt;
  if (fused.milliseconds == 0) {
    if (!onTensorCores(*alone.plan)) return std::nullopt;
    return fused.plan->engine + " has no tensor cores";
  }
  const PlanAnswer rest =
      lowering.plan(graphOfSteps(lowering, product.view.shape(), steps, -1, -1));
  // What has no time did not run.
  const bool timed = rest && alone.milliseconds > 0 && rest.milliseconds > 0;
  if (!timed || alone.milliseconds + rest.milliseconds >= fused.milliseconds) return std::nullopt;
  return fused.plan->engine + " is slower";
}

// Emits the fused graph; returns why not when it did not.
std::optional<std::string> emitFused(Lowering& lowering, const Product& product,
                                     const std::vector<Step>& steps, BufferId to) {
  OperationGraph graph;
  const Uid result = product.view.tensor(graph, "result", lowering.computeType(), to);
  const Uid sum = graph.virtualLike("product", result);
  product.add(graph, sum);
  addSteps(graph, product.view, steps, sum, result);
  const PlanAnswer answer = lowering.plan(graph);
  if (!answer) return answer.refusal;
  if (const auto reason = whyApart(lowering, product, steps, answer)) return reason;
  lowering.emitPlan(graph, answer);
  return std::nullopt;
}

void emitAlone(Lowering& lowering, const Product& product, BufferId to, const std::string& note) {
  lowering.emitPlan(graphAlone(lowering, product, to), note);
}

void emitProduct(Lowering& lowering, const Product& product, const std::vector<Step>& steps,
                 BufferId to) {
  if (steps.empty()) return emitAlone(lowering, product, to, "");
  const std::optional<std::string> refusal = emitFused(lowering, product, steps, to);
  if (!refusal) return;
  const std::string note = "split: " + *refusal;
  const Shape& shape = product.view.shape();
  const BufferId between =
      lowering.temporary("product", CudaLayout::plain(shape, lowering.computeType()));
  emitAlone(lowering, product, between, note);
  emitSteps(lowering, shape, steps, between, to, note);
}

}  // namespace

AffineView AffineView::pointwise(const Shape& shape) {
  return {Kind::Image, pointwiseShape(shape)};
}

Uid AffineView::tensor(OperationGraph& graph, std::string name, DataType type,
                       BufferId buffer) const {
  if (kind_ == Kind::Image) return graph.image(std::move(name), shape_, type, buffer);
  const std::int64_t columns = shape_.back();
  return graph.matrix(std::move(name), elementCount(shape_) / columns, columns, false, type,
                      buffer);
}

Uid AffineView::bias(OperationGraph& graph, std::int64_t count, BufferId buffer) const {
  if (kind_ == Kind::Image) return graph.channels("bias", count, DataType::Float32, buffer);
  return graph.matrix("bias", 1, count, false, DataType::Float32, buffer);
}

void emitForward(Lowering& lowering, const Product& product, BufferId y, BufferId bias, bool relu) {
  const std::int64_t channels = product.view.shape().back();
  std::vector<Step> steps;
  if (bias >= 0) {
    steps.push_back([=](OperationGraph& graph, const AffineView& view, Uid from, Uid to) {
      graph.pointwise(Pointwise::Add, from, view.bias(graph, channels, bias), to);
    });
  }
  if (relu) {
    steps.push_back([](OperationGraph& graph, const AffineView&, Uid from, Uid to) {
      graph.pointwise(Pointwise::ReluForward, from, kNone, to);
    });
  }
  emitProduct(lowering, product, steps, y);
}

void emitBackwardInput(Lowering& lowering, const Product& product, BufferId dx,
                       BufferId reluOutput) {
  std::vector<Step> steps;
  if (reluOutput >= 0) {
    const DataType type = lowering.computeType();
    steps.push_back([=](OperationGraph& graph, const AffineView& view, Uid from, Uid to) {
      const Uid y = view.tensor(graph, "relu", type, reluOutput);
      graph.pointwiseBackward(Pointwise::ReluBackward, y, from, to);
    });
  }
  emitProduct(lowering, product, steps, dx);
}

// cuDNN's reduction adds with atomics, in another order each time.
void emitBiasGradient(Lowering& lowering, const Shape& shape, BufferId dy, TensorId gradient) {
  if (gradient == kNoTensor) return;
  const BufferId db = lowering.producePlain(gradient, DataType::Float32);
  const ChannelRows rows{elementCount(shape) / shape.back(), shape.back(), lowering.computeType()};
  const BufferId partial =
      lowering.temporary("bias sums", CudaLayout::raw(partialSumBytes(rows, 1), "f64"));
  Command sums;
  sums.reads = {dy};
  sums.writes = {partial};
  sums.detail = "bias sums";
  lowering.emitLaunch(std::move(sums), {dy, partial},
                      [rows](const Pointers& p, const Execution& e) {
                        launchChannelSums(e.stream, rows, p.at(0), p.as<double>(1));
                      });
  Command totals;
  totals.reads = {partial};
  totals.writes = {db};
  totals.detail = "bias gradient";
  lowering.emitLaunch(std::move(totals), {partial, db},
                      [rows](const Pointers& p, const Execution& e) {
                        launchChannelTotals(e.stream, rows, p.as<double>(0), p.as<float>(1));
                      });
}

std::optional<std::string> unsupportedKernel(const Graph& graph, const Op& op) {
  const Tensor& kernel = graph.tensor(op.inputs[1]);
  if (kernel.role == Role::Weight) return std::nullopt;
  return "its kernel '" + kernel.name + "' is computed; the cuda backend takes weights";
}

TensorId optionalTensor(const std::vector<TensorId>& ids, std::size_t i) {
  return i < ids.size() ? ids[i] : kNoTensor;
}

}  // namespace node_cudnn::cudnn
