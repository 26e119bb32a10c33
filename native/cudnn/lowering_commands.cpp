// How a lowering appends commands: plans, launches and casts.
#include <algorithm>
#include <memory>
#include <utility>

#include "core/error.h"
#include "kernels/cast.h"
#include "launch_count.h"
#include "lowering.h"

namespace node_cudnn::cudnn {

namespace {

bool isFloat(DataType type) { return type == DataType::Float32 || type == DataType::BFloat16; }

bool readsKernel(const Op& op) {
  const std::string_view type = op.type();
  return type == "conv2d" || type == "conv2dBackwardInput" || type == "dense" ||
         type == "denseBackwardInput";
}

}  // namespace

void Lowering::emit(Command command) {
  if (op_ != nullptr) {
    if (command.name.empty()) command.name = op_->name;
    command.phase = op_->phase;
    if (command.flops == 0 && command.work != Work::Reorder && !flopsCounted_) {
      if (op_->definition->flops) command.flops = op_->definition->flops(graph_, *op_);
      flopsCounted_ = true;
    }
  }
  const auto absent = [](BufferId id) { return id < 0; };
  std::erase_if(command.reads, absent);
  std::erase_if(command.writes, absent);
  schedule_.commands.push_back(std::move(command));
}

void Lowering::emitPlan(const OperationGraph& graph, const PlanAnswer& answer,
                        const std::string& note, Work work,
                        std::vector<std::pair<BufferId, BufferId>> mayShare) {
  Command command;
  command.work = work;
  command.reads = graph.reads();
  command.writes = graph.writes();
  command.mayShare = std::move(mayShare);
  command.scratchBytes = answer.plan->workspaceBytes;
  command.detail = note.empty() ? answer.plan->engine : answer.plan->engine + "; " + note;
  command.graphKey = graph.key();
  command.nodes = graph.nodes();
  command.kernel = std::make_unique<PlanKernel>(place(), answer.plan, graph, execution_);
  emit(std::move(command));
}

void Lowering::emitPlan(const OperationGraph& graph, const std::string& note, Work work) {
  const PlanAnswer answer = plan(graph);
  if (!answer) {
    throw Error(ErrorCode::Unsupported, place(),
                "cuDNN refuses " + graph.describe() + " in " + std::string(toString(precision())) +
                    " on " + planner_.device().name + ": " + answer.refusal);
  }
  emitPlan(graph, answer, note, work);
}

BufferId Lowering::as(TensorId id, DataType type) {
  if (id == kNoTensor) return -1;
  for (const Copy& copy : copies(id)) {
    if (copy.layout.order() != Order::Raw && copy.layout.type() == type) return copy.buffer;
  }
  const Copy from = copies(id).front();
  const bool castable =
      from.layout.order() != Order::Raw && isFloat(from.layout.type()) && isFloat(type);
  if (!castable) {
    throw Error(ErrorCode::Internal, place(),
                "'" + tensor(id).name + "' is " + from.layout.text() +
                    ", needed: " + std::string(toString(type)));
  }
  const CudaLayout layout = from.layout.withType(type);
  const BufferId to = addCopy(id, layout, tensor(id).name + " (" + layout.text() + ")");
  emitCasts(place() + ": cast '" + tensor(id).name + "' to " + std::string(toString(type)),
            {from.buffer}, {to}, from.layout.type(), type);
  return to;
}

void Lowering::emitCasts(std::string name, std::vector<BufferId> from, std::vector<BufferId> to,
                         DataType fromType, DataType toType) {
  std::vector<std::int64_t> counts;
  for (const BufferId buffer : from) {
    counts.push_back(
        cudaLayout(*schedule_.buffers.at(static_cast<std::size_t>(buffer)).layout).elements());
  }
  Command command;
  command.name = std::move(name);
  command.work = Work::Reorder;
  command.reads = from;
  command.writes = to;
  command.launches = (static_cast<int>(from.size()) + kCastsOfOneLaunch - 1) / kCastsOfOneLaunch;
  command.detail = "cast " + std::string(toString(fromType)) + " to " +
                   std::string(toString(toType)) + ", " + launchCount(command.launches);
  std::vector<BufferId> buffers = std::move(from);
  buffers.insert(buffers.end(), to.begin(), to.end());
  emitLaunch(std::move(command), std::move(buffers),
             [counts = std::move(counts), fromType, toType](const Pointers& pointers,
                                                            const Execution& execution) {
               CastTable table{fromType, toType, {}};
               for (std::size_t i = 0; i < counts.size(); ++i) {
                 table.casts.push_back({pointers.at(i), pointers.at(counts.size() + i), counts[i]});
               }
               launchCasts(execution.stream, table);
             });
}

void Lowering::castKernels() {
  if (computeType() != DataType::BFloat16) return;
  std::vector<BufferId> masters;
  std::vector<BufferId> kernels;
  for (const Op& op : graph_.ops()) {
    if (!readsKernel(op)) continue;
    const TensorId id = op.inputs[1];
    const Shape& kernel = shape(id);
    if (!copies_.at(static_cast<std::size_t>(id)).empty() || tensor(id).slot < 0) continue;
    const CudaLayout master = kernel.size() == 4 ? CudaLayout::krsc(kernel, DataType::Float32)
                                                 : CudaLayout::plain(kernel, DataType::Float32);
    const CudaLayout copy = master.withType(DataType::BFloat16);
    masters.push_back(adopt(id, master));
    kernels.push_back(addCopy(id, copy, tensor(id).name + " (" + copy.text() + ")"));
  }
  if (masters.empty()) return;
  emitCasts("kernels: cast to bf16", std::move(masters), std::move(kernels), DataType::Float32,
            DataType::BFloat16);
  move(0, casts_);
}

}  // namespace node_cudnn::cudnn
