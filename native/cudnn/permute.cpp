// Permute: the axes after the batch in another order.
#include "kernels/permute.h"

#include "core/error.h"
#include "lowering.h"

namespace node_cudnn::cudnn {

namespace {

std::optional<Permutation> permutationOf(const Op& op, const Shape& x) {
  std::vector<std::size_t> order{0};
  for (const std::int64_t axis : op.attributes.integers("dims")) {
    order.push_back(static_cast<std::size_t>(axis));
  }
  return Permutation::of(x, order);
}

void lowerPermute(Lowering& lowering, const Op& op) {
  const std::optional<Permutation> permutation = permutationOf(op, lowering.shape(op.inputs[0]));
  const DataType type = lowering.typeOf(op.inputs[0]);
  const BufferId x = lowering.own(op.inputs[0]);
  if (permutation.value().rank == 1) {
    // What moved were axes of 1: the memory stays as it is.
    lowering.produceAlias(op.outputs[0], CudaLayout::plain(lowering.shape(op.outputs[0]), type), x);
    return;
  }
  const BufferId y = lowering.producePlain(op.outputs[0], type);
  Command command;
  command.reads = {x};
  command.writes = {y};
  command.detail = "permute";
  lowering.emitLaunch(std::move(command), {x, y},
                      [permutation = *permutation, type](const Pointers& p, const Execution& e) {
                        launchPermute(e.stream, permutation, bytesOf(type), p.at(0), p.at(1));
                      });
}

std::optional<std::string> unsupported(const Graph& graph, const Op& op) {
  if (permutationOf(op, graph.shape(op.inputs[0]))) return std::nullopt;
  return "it tears its input into more than " + std::to_string(kPermutedAxes) + " axes";
}

const RegisteredLowering permute{"permute", lowerPermute, unsupported};

}  // namespace

}  // namespace node_cudnn::cudnn
