#include "lowering.h"

#include <algorithm>
#include <map>
#include <utility>

#include "core/error.h"
#include "feed_command.h"
#include "status.h"

namespace node_cudnn::cudnn {

namespace {

using Lowerings = std::map<std::string, OpLowering, std::less<>>;

// Filled while the library loads, read-only afterwards.
Lowerings& lowerings() {
  static Lowerings all;
  return all;
}

bool isFed(Role role) {
  return role == Role::Input || role == Role::Target || role == Role::SampleWeight;
}

}  // namespace

RegisteredLowering::RegisteredLowering(std::string type, LoweringFunction lower,
                                       SupportFunction unsupported) {
  lowerings().emplace(std::move(type), OpLowering{std::move(lower), std::move(unsupported)});
}

const OpLowering* findLowering(std::string_view type) {
  const auto found = lowerings().find(type);
  return found == lowerings().end() ? nullptr : &found->second;
}

Lowering::Lowering(const Graph& graph, std::span<const LayoutPtr> slotLayouts, Planner& planner,
                   const Execution& execution)
    : graph_(graph), slotLayouts_(slotLayouts), planner_(planner), execution_(execution) {
  training_ =
      std::ranges::any_of(graph.ops(), [](const Op& op) { return op.phase == Phase::Backward; });
  copies_.resize(graph.tensors().size());
  castKernels();
}

void Lowering::lower(const Op& op) {
  const OpLowering* lowering = findLowering(op.type());
  if (lowering == nullptr) {
    throw Error(ErrorCode::Unsupported, op.place(), "the cuda backend has no such op");
  }
  op_ = &op;
  flopsCounted_ = false;
  try {
    lowering->lower(*this, op);
  } catch (const Refused& refused) {
    throw Error(ErrorCode::Unsupported, op.place(),
                std::string("cuDNN refuses it: ") + refused.what());
  }
}

Schedule Lowering::finish() {
  schedule_.bufferOfTensor.assign(copies_.size(), -1);
  for (std::size_t id = 0; id < copies_.size(); ++id) {
    if (!copies_[id].empty()) schedule_.bufferOfTensor[id] = copies_[id].front().buffer;
  }
  for (std::vector<Command>* list : {&casts_, &feeds_}) {
    schedule_.commands.insert(schedule_.commands.begin(), std::make_move_iterator(list->begin()),
                              std::make_move_iterator(list->end()));
  }
  return std::move(schedule_);
}

DataType Lowering::computeType() const {
  return precision() == Precision::Bf16 ? DataType::BFloat16 : DataType::Float32;
}

BufferId Lowering::addBuffer(std::string name, const CudaLayout& layout, TensorId id) {
  schedule_.buffers.push_back({std::move(name), std::make_shared<CudaLayout>(layout), id});
  return static_cast<BufferId>(schedule_.buffers.size()) - 1;
}

BufferId Lowering::addCopy(TensorId id, const CudaLayout& layout, std::string name) {
  const BufferId buffer = addBuffer(std::move(name), layout, id);
  copies_.at(static_cast<std::size_t>(id)).push_back({buffer, layout});
  return buffer;
}

BufferId Lowering::addPersistent(TensorId id, const CudaLayout& layout) {
  const BufferId buffer = addCopy(id, layout, tensor(id).name);
  schedule_.buffers[static_cast<std::size_t>(buffer)].slot = tensor(id).slot;
  return buffer;
}

const CudaLayout* Lowering::keptLayout(TensorId id) const {
  const auto slot = static_cast<std::size_t>(tensor(id).slot);
  const bool kept = tensor(id).slot >= 0 && slot < slotLayouts_.size() && slotLayouts_[slot];
  return kept ? &cudaLayout(*slotLayouts_[slot]) : nullptr;
}

std::vector<Lowering::Copy>& Lowering::copies(TensorId id) {
  std::vector<Copy>& list = copies_.at(static_cast<std::size_t>(id));
  if (!list.empty()) return list;
  // Nothing produced it: it is fed by the host or kept across steps.
  const Tensor& t = tensor(id);
  if (t.slot >= 0) {
    const CudaLayout* kept = keptLayout(id);
    const DataType type = t.type == ElementType::Double ? DataType::Double : DataType::Float32;
    addPersistent(id, kept ? *kept : CudaLayout::plain(t.shape, type));
  } else if (isFed(t.role)) {
    addFed(id);
  } else {
    throw Error(ErrorCode::Internal, place(), "reads '" + t.name + "', which nothing has made");
  }
  return list;
}

void Lowering::addFed(TensorId id) {
  const Tensor& t = tensor(id);
  if (schedule_.fed.size() == kMaxFeeds) {
    throw Error(ErrorCode::Unsupported, "model",
                "has more than " + std::to_string(kMaxFeeds) +
                    " inputs, targets and sample weights; the cuda backend feeds no more");
  }
  // Losses and metrics compute in float32, so that is what targets come in.
  const DataType type = t.type == ElementType::Integer ? DataType::Int32
                        : t.role == Role::Input        ? computeType()
                                                       : DataType::Float32;
  const BufferId buffer = addCopy(id, CudaLayout::plain(t.shape, type), t.name);
  const auto source = static_cast<int>(schedule_.fed.size());
  schedule_.fed.push_back(buffer);
  const std::size_t before = schedule_.commands.size();
  emitFeed(*this, id, buffer, source);
  move(before, feeds_);
}

void Lowering::move(std::size_t first, std::vector<Command>& to) {
  const auto begin = schedule_.commands.begin() + static_cast<std::ptrdiff_t>(first);
  for (auto command = begin; command != schedule_.commands.end(); ++command) {
    command->phase = Phase::Forward;
    to.push_back(std::move(*command));
  }
  schedule_.commands.erase(begin, schedule_.commands.end());
}

const CudaLayout& Lowering::layoutOf(TensorId id) { return copies(id).front().layout; }

BufferId Lowering::own(TensorId id) { return id == kNoTensor ? -1 : copies(id).front().buffer; }

BufferId Lowering::adopt(TensorId id, const CudaLayout& layout) {
  const std::vector<Copy>& list = copies_.at(static_cast<std::size_t>(id));
  const CudaLayout* kept = list.empty() ? keptLayout(id) : &list.front().layout;
  if (tensor(id).slot < 0 || (kept != nullptr && !kept->equals(layout))) {
    const std::string found = tensor(id).slot < 0 ? "not kept across steps" : kept->text();
    throw Error(ErrorCode::Internal, place(),
                "'" + tensor(id).name + "' is " + found + ", needed: " + layout.text());
  }
  return list.empty() ? addPersistent(id, layout) : list.front().buffer;
}

BufferId Lowering::produce(TensorId id, const CudaLayout& layout) {
  return id == kNoTensor ? -1 : addCopy(id, layout, tensor(id).name);
}

BufferId Lowering::produceActivation(TensorId id) { return producePlain(id, computeType()); }

BufferId Lowering::producePlain(TensorId id, DataType type) {
  return id == kNoTensor ? -1 : produce(id, CudaLayout::plain(shape(id), type));
}

BufferId Lowering::produceAlias(TensorId id, const CudaLayout& layout, BufferId of) {
  const BufferId buffer = produce(id, layout);
  schedule_.buffers.at(static_cast<std::size_t>(buffer)).aliasOf = of;
  return buffer;
}

BufferId Lowering::temporary(const std::string& name, const CudaLayout& layout) {
  return addBuffer(op_->name + "/" + name, layout, kNoTensor);
}

void Lowering::updated(TensorId id) { copies(id).resize(1, copies(id).front()); }

}  // namespace node_cudnn::cudnn
