#include "feed_command.h"

#include <algorithm>

#include "graph_uses.h"
#include "kernels/feed.h"
#include "launch_count.h"
#include "rescaling.h"

namespace node_cudnn::cudnn {

namespace {

// The rescaling op that alone reads the tensor, or null.
const Op* onlyReader(const Graph& graph, TensorId id) {
  if (readers(graph, id) != 1) return nullptr;
  const auto found = std::ranges::find_if(
      graph.ops(), [&](const Op& op) { return op.type() == "rescaling" && op.inputs[0] == id; });
  return found == graph.ops().end() ? nullptr : &*found;
}

}  // namespace

void emitFeed(Lowering& lowering, TensorId id, BufferId to, int source) {
  const Op* op = onlyReader(lowering.graph(), id);
  DataType type = lowering.typeOf(id);
  Rescaling rescaling;
  Command command;
  command.name = lowering.tensor(id).name + ": feed";
  command.work = Work::Reorder;
  command.detail = launchCount(1);
  if (op != nullptr) {
    rescaling = rescalingOf(*op);
    type = lowering.computeType();
    to = lowering.produceActivation(op->outputs[0]);
    lowering.remember(op->outputs[0], RescaledByFeed{});
    command.name += " and " + op->name;
    command.work = Work::Elementwise;
  }
  command.writes = {to};
  const std::int64_t count = elementCount(lowering.shape(id));
  lowering.emitLaunch(std::move(command), {to},
                      [=](const Pointers& pointers, const Execution& execution) {
                        launchFeed(execution.stream, execution.parameters, source, pointers.at(0),
                                   type, count, rescaling);
                      });
}

}  // namespace node_cudnn::cudnn
