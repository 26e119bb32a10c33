// Turns a graph's ops into commands. Keeps the layouts in which each tensor exists, so that a
// tensor is reordered at most once to each layout that an op asks for.
#pragma once

#include <any>
#include <functional>
#include <map>
#include <oneapi/dnnl/dnnl.hpp>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/backend.h"
#include "core/op.h"
#include "kernels.h"
#include "layout.h"

namespace node_cudnn::onednn {

class Lowering {
 public:
  Lowering(const Graph& graph, std::span<const LayoutPtr> slotLayouts, const dnnl::engine& engine,
           const dnnl::stream& stream);

  void lower(const Op& op);
  Schedule finish();

  // For the ops' lowering functions.

  const Graph& graph() const { return graph_; }
  const Shape& shape(TensorId id) const { return graph_.shape(id); }
  const dnnl::engine& engine() const { return engine_; }
  // Whether the graph has backward ops.
  bool training() const { return training_; }

  // The layout in which the tensor was produced, fed or kept.
  const CpuLayout& layoutOf(TensorId id);
  // The buffer in which the tensor has this layout, or -1.
  BufferId existing(TensorId id, const CpuLayout& layout);
  // The buffer of the tensor in its own layout; -1 for kNoTensor.
  BufferId own(TensorId id);
  // The tensor in this layout, reordered if it has to be.
  BufferId as(TensorId id, const CpuLayout& layout);
  BufferId as(TensorId id, const View& view, const dnnl::memory::desc& desc) {
    return as(id, CpuLayout(view, desc));
  }
  // The tensor row-major; -1 for kNoTensor.
  BufferId plain(TensorId id);
  // Gives a persistent tensor that has no layout yet this one; then as().
  BufferId adopt(TensorId id, const CpuLayout& layout);
  // Whether the tensor's layout is still open to adopt().
  bool isOpen(TensorId id) const;

  // Channels that lie side by side in the image that was produced last in blocks of vectors; 0:
  // none was.
  std::int64_t imageBlock() const { return imageBlock_; }

  // A new buffer for an output; -1 for kNoTensor.
  BufferId produce(TensorId id, const CpuLayout& layout);
  BufferId producePlain(TensorId id);
  // A new buffer for an output that is the same memory as `of`.
  BufferId produceAlias(TensorId id, const CpuLayout& layout, BufferId of);
  // A buffer that only this op's commands use.
  BufferId temporary(const std::string& name, const CpuLayout& layout);

  // Appends a command of the current op. Fills in phase, and name and flops when they are empty.
  void emit(Command command);
  // Appends a command that runs the primitive.
  using Arguments = std::vector<PrimitiveKernel::Argument>;
  void emitPrimitive(const dnnl::primitive& primitive, const dnnl::primitive_desc_base& descriptor,
                     const Arguments& reads, const Arguments& writes,
                     std::vector<std::pair<BufferId, BufferId>> mayShare = {},
                     Work work = Work::Primitive);
  void emitReorder(BufferId from, const dnnl::memory::desc& fromDesc, BufferId to,
                   const dnnl::memory::desc& toDesc, const std::string& what);

  // Says that the op wrote the tensor's own buffer: copies in other layouts are out of date.
  void updated(TensorId id);

  // What a forward op leaves for its backward op, under a tensor that both know.
  void remember(TensorId id, std::any value) { memory_[id] = std::move(value); }
  template <typename T>
  const T* recall(TensorId id) const {
    const auto found = memory_.find(id);
    return found == memory_.end() ? nullptr : std::any_cast<T>(&found->second);
  }

  // Attributes for a primitive whose scratchpad the schedule plans.
  static dnnl::primitive_attr plannedScratchpad();

 private:
  struct Copy {
    BufferId buffer;
    CpuLayout layout;
  };

  std::vector<Copy>& copies(TensorId id);
  BufferId addBuffer(std::string name, const CpuLayout& layout, TensorId tensor);
  BufferId addCopy(TensorId id, const CpuLayout& layout, std::string name);
  const Copy* find(TensorId id, const CpuLayout& layout);
  // Throws Error(Unsupported) for a tensor of more positions than oneDNN can count.
  void requireCountable(TensorId id) const;
  // Throws Error(Unsupported) for an image that is too wide to move a window over.
  void requireNarrow(TensorId id) const;
  const Tensor& tensor(TensorId id) const { return graph_.tensor(id); }

  const Graph& graph_;
  std::span<const LayoutPtr> slotLayouts_;
  dnnl::engine engine_;
  dnnl::stream stream_;
  bool training_ = false;
  std::int64_t imageBlock_ = 0;
  const Op* op_ = nullptr;
  Schedule schedule_;
  std::vector<std::vector<Copy>> copies_;  // by tensor; the first is its own
  std::unordered_map<TensorId, std::any> memory_;
};

using LoweringFunction = std::function<void(Lowering&, const Op&)>;

// A file of this folder holds one constant of this type for each op that it lowers.
struct RegisteredLowering {
  RegisteredLowering(std::string type, LoweringFunction lower);
};
// Null when no op of this type is registered.
const LoweringFunction* findLowering(std::string_view type);

}  // namespace node_cudnn::onednn
