// Turns a graph's ops into commands. Keeps the types in which each tensor exists, so that a tensor
// is cast at most once to each type that an op asks for.
#pragma once

#include <any>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/backend.h"
#include "core/op.h"
#include "execution.h"
#include "kernels.h"
#include "layout.h"
#include "planner.h"

namespace node_cudnn::cudnn {

class Lowering {
 public:
  Lowering(const Graph& graph, std::span<const LayoutPtr> slotLayouts, Planner& planner,
           const Execution& execution);

  void lower(const Op& op);
  Schedule finish();

  // For the ops' lowering functions.

  const Graph& graph() const { return graph_; }
  const Shape& shape(TensorId id) const { return graph_.shape(id); }
  const Tensor& tensor(TensorId id) const { return graph_.tensor(id); }
  const Execution& execution() const { return execution_; }
  Precision precision() const { return planner_.options().precision; }
  const DeviceProperties& device() const { return planner_.device(); }
  // Of activations, their gradients, and the kernels that matrix products read: bf16 or f32.
  DataType computeType() const;
  bool training() const { return training_; }

  // The layout in which the tensor was produced, fed or kept.
  const CudaLayout& layoutOf(TensorId id);
  DataType typeOf(TensorId id) { return layoutOf(id).type(); }
  // The buffer of the tensor in its own layout; -1 for kNoTensor.
  BufferId own(TensorId id);
  // The tensor in this type, cast if it has to be; -1 for kNoTensor.
  BufferId as(TensorId id, DataType type);
  // Gives a persistent tensor that has no layout yet this one. Throws Error(Internal) when it
  // already has another.
  BufferId adopt(TensorId id, const CudaLayout& layout);

  // A new buffer for an output; -1 for kNoTensor.
  BufferId produce(TensorId id, const CudaLayout& layout);
  // Row-major, in computeType().
  BufferId produceActivation(TensorId id);
  BufferId producePlain(TensorId id, DataType type);
  // A new buffer for an output that is the same memory as `of`.
  BufferId produceAlias(TensorId id, const CudaLayout& layout, BufferId of);
  // A buffer that only this op's commands use.
  BufferId temporary(const std::string& name, const CudaLayout& layout);

  // The graph's plan, or cuDNN's reason to refuse it.
  PlanAnswer plan(const OperationGraph& graph) { return planner_.plan(graph); }
  // Appends a command that executes the plan. note: follows the engine in explain(), for example
  // "split: <refusal>".
  void emitPlan(const OperationGraph& graph, const PlanAnswer& answer, const std::string& note = "",
                Work work = Work::Primitive,
                std::vector<std::pair<BufferId, BufferId>> mayShare = {});
  // Plans and emits. Throws Error(Unsupported) with the graph and the reason when it is refused.
  void emitPlan(const OperationGraph& graph, const std::string& note = "",
                Work work = Work::Primitive);

  // Appends a command of the current op. Fills in phase, and name and flops when they are empty.
  void emit(Command command);
  // Appends a command of one launch; body as for LaunchKernel. buffers: what it sees, -1 for an
  // absent one. The command's reads, writes and detail are filled in by the caller.
  template <typename Body>
  void emitLaunch(Command command, std::vector<BufferId> buffers, Body body) {
    command.kernel = std::make_unique<LaunchKernel<Body>>(place(), std::move(buffers), execution_,
                                                          std::move(body));
    emit(std::move(command));
  }

  // Says that the op wrote the tensor's own buffer: copies in other types are out of date.
  void updated(TensorId id);

  // What a forward op leaves for its backward op, under a tensor that both know.
  void remember(TensorId id, std::any value) { memory_[id] = std::move(value); }
  template <typename T>
  const T* recall(TensorId id) const {
    const auto found = memory_.find(id);
    return found == memory_.end() ? nullptr : std::any_cast<T>(&found->second);
  }

  std::string place() const { return op_ == nullptr ? "model" : op_->place(); }

 private:
  struct Copy {
    BufferId buffer;
    CudaLayout layout;
  };

  std::vector<Copy>& copies(TensorId id);
  BufferId addBuffer(std::string name, const CudaLayout& layout, TensorId tensor);
  BufferId addCopy(TensorId id, const CudaLayout& layout, std::string name);
  BufferId addPersistent(TensorId id, const CudaLayout& layout);
  // The layout that the tensor's slot already has; null: it is open.
  const CudaLayout* keptLayout(TensorId id) const;
  // Moves the commands from this one on to a list that goes before the others.
  void move(std::size_t first, std::vector<Command>& to);
  // One command that casts every kernel that matrix products read (bf16 only).
  void castKernels();
  void emitCasts(std::string name, std::vector<BufferId> from, std::vector<BufferId> to,
                 DataType fromType, DataType toType);
  // Makes the buffer of a tensor that the host feeds, and the command that fills it.
  void addFed(TensorId id);

  const Graph& graph_;
  std::span<const LayoutPtr> slotLayouts_;
  Planner& planner_;
  const Execution& execution_;
  bool training_ = false;
  const Op* op_ = nullptr;
  bool flopsCounted_ = false;  // of the current op, by its first command
  Schedule schedule_;
  std::vector<Command> feeds_;             // a schedule begins with these,
  std::vector<Command> casts_;             // then these
  std::vector<std::vector<Copy>> copies_;  // by tensor; the first is its own
  std::unordered_map<TensorId, std::any> memory_;
};

using LoweringFunction = std::function<void(Lowering&, const Op&)>;
// Nothing, or why the op's attributes or shapes are beyond this backend. Asks no library.
using SupportFunction = std::function<std::optional<std::string>(const Graph&, const Op&)>;

// A file of this folder holds one constant of this type for each op that it lowers.
struct RegisteredLowering {
  RegisteredLowering(std::string type, LoweringFunction lower, SupportFunction unsupported = {});
};
struct OpLowering {
  LoweringFunction lower;
  SupportFunction unsupported;  // may be empty
};
// Null when no op of this type is registered.
const OpLowering* findLowering(std::string_view type);

}  // namespace node_cudnn::cudnn
