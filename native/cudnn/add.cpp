// Sum of tensors of one shape, with ReLU when it is joined: one graph of additions, or one launch
// for each when cuDNN refuses it.
#include "kernels/add.h"

#include <algorithm>

#include "lowering.h"
#include "pointwise_shape.h"

namespace node_cudnn::cudnn {

namespace {

// The sum of the buffers, written to `to`; a tensor that is added twice is in the graph once.
OperationGraph sumOf(const Shape& shape, DataType type, const std::vector<BufferId>& buffers,
                     BufferId to, bool relu) {
  OperationGraph graph;
  std::vector<Uid> terms;
  for (std::size_t i = 0; i < buffers.size(); ++i) {
    const auto first = std::ranges::find(buffers, buffers[i]) - buffers.begin();
    const bool seen = static_cast<std::size_t>(first) < i;
    terms.push_back(seen ? terms[static_cast<std::size_t>(first)]
                         : graph.image("x" + std::to_string(i), shape, type, buffers[i]));
  }
  const Uid y = graph.image("y", shape, type, to);
  Uid sum = terms[0];
  for (std::size_t i = 1; i < terms.size(); ++i) {
    const bool last = i + 1 == terms.size();
    const Uid next = last && !relu ? y : graph.virtualLike("sum" + std::to_string(i), y);
    graph.pointwise(Pointwise::Add, sum, terms[i], next);
    sum = next;
  }
  if (relu) graph.pointwise(Pointwise::ReluForward, sum, kNone, y);
  return graph;
}

// to = a + b
void emitAddition(Lowering& lowering, const Addition& addition, BufferId a, BufferId b, BufferId to,
                  const std::string& refusal) {
  Command command;
  command.reads = {a, b};
  command.writes = {to};
  command.mayShare = {{to, a}, {to, b}};
  command.detail = "add; split: " + refusal;
  lowering.emitLaunch(std::move(command), {a, b, to},
                      [addition](const Pointers& p, const Execution& e) {
                        Addition bound = addition;
                        bound.a = p.at(0);
                        bound.b = p.at(1);
                        bound.sum = p.at(2);
                        launchAdd(e.stream, bound);
                      });
}

// That of the terms: two gradients of one kernel lie as the kernel does, and those of a bias stay
// float32.
CudaLayout layoutOfSum(Lowering& lowering, const Op& op) {
  const CudaLayout first = lowering.layoutOf(op.inputs[0]);
  const bool alike = std::ranges::all_of(
      op.inputs, [&](TensorId input) { return lowering.typeOf(input) == first.type(); });
  return alike ? first : first.withType(lowering.computeType());
}

void lowerAdd(Lowering& lowering, const Op& op) {
  const CudaLayout layout = layoutOfSum(lowering, op);
  const DataType type = layout.type();
  const Shape shape = pointwiseShape(lowering.shape(op.outputs[0]));
  const bool relu = op.attributes.text("activation", "linear") == "relu";
  std::vector<BufferId> terms;
  for (const TensorId input : op.inputs) terms.push_back(lowering.as(input, type));
  const BufferId y = lowering.produce(op.outputs[0], layout);
  const OperationGraph graph = sumOf(shape, type, terms, y, relu);
  const PlanAnswer answer = lowering.plan(graph);
  if (answer) return lowering.emitPlan(graph, answer, "", Work::Elementwise);
  BufferId sum = terms[0];
  for (std::size_t i = 1; i < terms.size(); ++i) {
    const bool last = i + 1 == terms.size();
    const BufferId to =
        last ? y : lowering.temporary("sum" + std::to_string(i), CudaLayout::plain(shape, type));
    Addition addition;
    addition.type = type;
    addition.count = elementCount(shape);
    addition.relu = last && relu;
    emitAddition(lowering, addition, sum, terms[i], to, answer.refusal);
    sum = to;
  }
}

const RegisteredLowering add{"add", lowerAdd};

}  // namespace

}  // namespace node_cudnn::cudnn
