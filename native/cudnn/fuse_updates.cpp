// Small ops of a step's end, one for each weight, that one launch can do.
#include <functional>
#include <span>
#include <utility>

#include "fuse_passes.h"
#include "graph_uses.h"

namespace node_cudnn::cudnn {

namespace {

// Not among the core's ops: no graph but a fused one holds them.
const OpDefinition& penalties() {
  static const OpDefinition definition{.type = "penalties", .updatesInPlace = true};
  return definition;
}

const OpDefinition& movingAverages() {
  static const OpDefinition definition{.type = "movingAverages", .updatesInPlace = true};
  return definition;
}

Op begin(const OpDefinition& definition, const Op& first, TensorId shared) {
  Op joined;
  joined.definition = &definition;
  joined.name = definition.type;
  joined.inputs = {shared};
  joined.phase = first.phase;
  return joined;
}

// Replaces each run of ops of this type that share the input at `shared` by what `join` makes of
// the run.
void joinRuns(Graph& graph, std::string_view type, std::size_t shared,
              const std::function<Op(std::span<const Op>)>& join) {
  std::vector<Op> joined;
  const std::vector<Op>& ops = graph.ops();
  for (std::size_t i = 0; i < ops.size();) {
    std::size_t end = i;
    while (end < ops.size() && ops[end].type() == type &&
           ops[end].inputs[shared] == ops[i].inputs[shared]) {
      ++end;
    }
    if (end == i) {
      joined.push_back(ops[i]);
      ++i;
    } else {
      joined.push_back(join(std::span(ops).subspan(i, end - i)));
      i = end;
    }
  }
  graph.ops() = std::move(joined);
}

}  // namespace

void joinPenalties(Graph& graph) {
  constexpr std::size_t kAccumulator = 1;
  joinRuns(graph, "penalty", kAccumulator, [](std::span<const Op> run) {
    Op joined = begin(penalties(), run.front(), run.front().inputs[kAccumulator]);
    std::vector<double> l1;
    std::vector<double> l2;
    for (const Op& op : run) {
      joined.inputs.push_back(op.inputs[0]);
      joined.inputs.push_back(op.inputs.size() > 2 ? op.inputs[2] : kNoTensor);
      joined.outputs.push_back(op.outputs[0]);
      l1.push_back(op.attributes.number("l1", 0));
      l2.push_back(op.attributes.number("l2", 0));
    }
    const double samples = run.front().attributes.number("samples", 1);
    joined.attributes = {{"l1", l1}, {"l2", l2}, {"samples", samples}};
    return joined;
  });
}

void joinMovingAverages(Graph& graph) {
  constexpr std::size_t kNorms = 2;
  joinRuns(graph, "movingAverage", kNorms, [](std::span<const Op> run) {
    Op joined = begin(movingAverages(), run.front(), run.front().inputs[kNorms]);
    std::vector<double> momentum;
    for (const Op& op : run) {
      joined.inputs.push_back(op.inputs[0]);
      joined.inputs.push_back(op.inputs[1]);
      momentum.push_back(op.attributes.number("momentum"));
    }
    joined.attributes = {{"momentum", momentum}};
    return joined;
  });
}

}  // namespace node_cudnn::cudnn
