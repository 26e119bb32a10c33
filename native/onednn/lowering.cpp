#include "lowering.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "core/error.h"
#include "image_layout.h"

namespace node_cudnn::onednn {

namespace {

using Functions = std::map<std::string, LoweringFunction, std::less<>>;

// Filled while the library loads, read-only afterwards.
Functions& functions() {
  static Functions all;
  return all;
}

// oneDNN writes code for every column that a window moves over; of these it takes a second.
constexpr std::int64_t kWidestImage = std::int64_t{1} << 18;

bool movesWindow(const Op& op) {
  const std::string_view type = op.type();
  return type.starts_with("conv2d") || type.find("Pooling2d") != std::string_view::npos;
}

// The same memory seen through another view: only row-major values look alike through any view.
CpuLayout plainThrough(const View& view) { return {view, view.plain()}; }

}  // namespace

RegisteredLowering::RegisteredLowering(std::string type, LoweringFunction lower) {
  functions().emplace(std::move(type), std::move(lower));
}

const LoweringFunction* findLowering(std::string_view type) {
  const auto found = functions().find(type);
  return found == functions().end() ? nullptr : &found->second;
}

Lowering::Lowering(const Graph& graph, std::span<const LayoutPtr> slotLayouts,
                   const dnnl::engine& engine, const dnnl::stream& stream)
    : graph_(graph), slotLayouts_(slotLayouts), engine_(engine), stream_(stream) {
  training_ =
      std::ranges::any_of(graph.ops(), [](const Op& op) { return op.phase == Phase::Backward; });
  copies_.resize(graph.tensors().size());
}

void Lowering::lower(const Op& op) {
  const LoweringFunction* function = findLowering(op.type());
  if (function == nullptr) {
    throw Error(ErrorCode::Unsupported, op.place(), "the cpu backend has no such op");
  }
  op_ = &op;
  for (const TensorId id : op.inputs) requireCountable(id);
  for (const TensorId id : op.outputs) requireCountable(id);
  if (movesWindow(op)) {
    for (const TensorId id : op.inputs) requireNarrow(id);
    for (const TensorId id : op.outputs) requireNarrow(id);
  }
  try {
    (*function)(*this, op);
  } catch (const dnnl::error& error) {
    throw Error(errorCodeOf(error.status, ErrorCode::Unsupported), op.place(),
                std::string("oneDNN refused it: ") + error.what());
  }
}

// oneDNN multiplies the lengths of a batch's images in 32 bits, and divides by what comes out.
void Lowering::requireCountable(TensorId id) const {
  if (id == kNoTensor || tensor(id).shape.empty()) return;
  const Shape& shape = tensor(id).shape;
  const std::int64_t positions = elementCount(shape) / std::max<std::int64_t>(shape.back(), 1);
  if (positions <= std::numeric_limits<std::int32_t>::max()) return;
  throw Error(ErrorCode::Unsupported, op_->place(),
              "'" + tensor(id).name + "' would have " + std::to_string(positions) +
                  " positions in a batch, more than 2^31 - 1; use a smaller batch or image");
}

void Lowering::requireNarrow(TensorId id) const {
  if (id == kNoTensor || tensor(id).shape.size() != 4) return;
  const std::int64_t width = tensor(id).shape[2];
  if (width <= kWidestImage) return;
  throw Error(ErrorCode::Unsupported, op_->place(),
              "'" + tensor(id).name + "' has " + std::to_string(width) +
                  " columns, and the cpu backend takes " + std::to_string(kWidestImage) +
                  "; exchange height and width, of which the height may be any");
}

Schedule Lowering::finish() {
  schedule_.bufferOfTensor.assign(copies_.size(), -1);
  for (std::size_t id = 0; id < copies_.size(); ++id) {
    if (!copies_[id].empty()) schedule_.bufferOfTensor[id] = copies_[id].front().buffer;
  }
  return std::move(schedule_);
}

BufferId Lowering::addBuffer(std::string name, const CpuLayout& layout, TensorId id) {
  schedule_.buffers.push_back({std::move(name), std::make_shared<CpuLayout>(layout), id});
  return static_cast<BufferId>(schedule_.buffers.size()) - 1;
}

BufferId Lowering::addCopy(TensorId id, const CpuLayout& layout, std::string name) {
  const BufferId buffer = addBuffer(std::move(name), layout, id);
  copies_[static_cast<std::size_t>(id)].push_back({buffer, layout});
  return buffer;
}

bool Lowering::isOpen(TensorId id) const {
  const std::int32_t slot = tensor(id).slot;
  const bool kept = slot >= 0 && static_cast<std::size_t>(slot) < slotLayouts_.size() &&
                    slotLayouts_[static_cast<std::size_t>(slot)] != nullptr;
  return slot >= 0 && !kept && copies_[static_cast<std::size_t>(id)].empty();
}

std::vector<Lowering::Copy>& Lowering::copies(TensorId id) {
  std::vector<Copy>& list = copies_.at(static_cast<std::size_t>(id));
  if (!list.empty()) return list;
  // Nothing produced it: it is fed by the host or kept across steps.
  const Tensor& t = tensor(id);
  const LayoutPtr kept = t.slot >= 0 && static_cast<std::size_t>(t.slot) < slotLayouts_.size()
                             ? slotLayouts_[static_cast<std::size_t>(t.slot)]
                             : nullptr;
  const CpuLayout layout = kept ? cpuLayout(*kept) : CpuLayout::plain(t.shape, t.type);
  const BufferId buffer = addCopy(id, layout, t.name);
  schedule_.buffers[static_cast<std::size_t>(buffer)].slot = t.slot;
  return list;
}

const CpuLayout& Lowering::layoutOf(TensorId id) { return copies(id).front().layout; }

BufferId Lowering::own(TensorId id) { return id == kNoTensor ? -1 : copies(id).front().buffer; }

const Lowering::Copy* Lowering::find(TensorId id, const CpuLayout& layout) {
  for (const Copy& copy : copies(id)) {
    if (copy.layout.equals(layout)) return &copy;
  }
  return nullptr;
}

BufferId Lowering::existing(TensorId id, const CpuLayout& layout) {
  const Copy* copy = find(id, layout);
  return copy == nullptr ? -1 : copy->buffer;
}

BufferId Lowering::as(TensorId id, const CpuLayout& layout) {
  if (const Copy* copy = find(id, layout)) return copy->buffer;
  const std::vector<Copy>& list = copies(id);
  const auto source = std::ranges::find_if(list, [&](const Copy& copy) {
    return copy.layout.isPlain() || copy.layout.view() == layout.view();
  });
  if (source == list.end()) {
    // The views differ: only the row-major order is common to both.
    as(id, plainThrough(list.front().layout.view()));
    return as(id, layout);
  }
  const Copy from = *source;
  const bool sameView = from.layout.view() == layout.view();
  const dnnl::memory::desc fromDesc = sameView ? from.layout.desc() : layout.view().plain();
  const BufferId to = addCopy(id, layout, tensor(id).name + " (" + layout.text() + ")");
  emitReorder(from.buffer, fromDesc, to, layout.desc(),
              formatText(fromDesc, layout.view().axes) + " to " + layout.text());
  return to;
}

BufferId Lowering::plain(TensorId id) {
  if (id == kNoTensor) return -1;
  const CpuLayout& layout = layoutOf(id);
  if (!layout.isFloat()) return own(id);
  return as(id, plainThrough(layout.view()));
}

BufferId Lowering::adopt(TensorId id, const CpuLayout& layout) {
  if (isOpen(id)) {
    const BufferId buffer = addCopy(id, layout, tensor(id).name);
    schedule_.buffers[static_cast<std::size_t>(buffer)].slot = tensor(id).slot;
    return buffer;
  }
  return as(id, layout);
}

BufferId Lowering::produce(TensorId id, const CpuLayout& layout) {
  if (id == kNoTensor) return -1;
  if (channelBlock(layout) > 0) {
    if (const std::int64_t block = vectorBlock(layout); block > 0) imageBlock_ = block;
    if (shape(id).size() != 4) {
      throw Error(ErrorCode::Internal, op_->place(), "only images are kept in blocks of channels");
    }
  }
  return addCopy(id, layout, tensor(id).name);
}

BufferId Lowering::producePlain(TensorId id) {
  return id == kNoTensor ? -1 : produce(id, CpuLayout::plain(shape(id), tensor(id).type));
}

BufferId Lowering::produceAlias(TensorId id, const CpuLayout& layout, BufferId of) {
  const BufferId buffer = produce(id, layout);
  schedule_.buffers[static_cast<std::size_t>(buffer)].aliasOf = of;
  return buffer;
}

BufferId Lowering::temporary(const std::string& name, const CpuLayout& layout) {
  return addBuffer(op_->name + "/" + name, layout, kNoTensor);
}

void Lowering::emit(Command command) {
  if (command.name.empty()) command.name = op_->name;
  command.phase = op_->phase;
  const bool counts = command.work != Work::Reorder && command.flops == 0;
  if (counts && op_->definition->flops) command.flops = op_->definition->flops(graph_, *op_);
  const auto absent = [](BufferId id) { return id < 0; };
  std::erase_if(command.reads, absent);
  std::erase_if(command.writes, absent);
  schedule_.commands.push_back(std::move(command));
}

void Lowering::emitPrimitive(const dnnl::primitive& primitive,
                             const dnnl::primitive_desc_base& descriptor, const Arguments& reads,
                             const Arguments& writes,
                             std::vector<std::pair<BufferId, BufferId>> mayShare, Work work) {
  Command command;
  command.work = work;
  for (const PrimitiveKernel::Argument& argument : reads) command.reads.push_back(argument.buffer);
  for (const PrimitiveKernel::Argument& argument : writes) {
    command.writes.push_back(argument.buffer);
  }
  command.mayShare = std::move(mayShare);
  const dnnl::memory::desc scratchpad = descriptor.scratchpad_desc();
  command.scratchBytes = scratchpad.get_size();
  command.detail = descriptor.impl_info_str();
  Arguments arguments = reads;
  arguments.insert(arguments.end(), writes.begin(), writes.end());
  command.kernel =
      std::make_unique<PrimitiveKernel>(op_->place(), primitive, stream_, arguments, scratchpad);
  emit(std::move(command));
}

void Lowering::emitReorder(BufferId from, const dnnl::memory::desc& fromDesc, BufferId to,
                           const dnnl::memory::desc& toDesc, const std::string& what) {
  const dnnl::reorder::primitive_desc descriptor(engine_, fromDesc, engine_, toDesc,
                                                 plannedScratchpad());
  const dnnl::memory::desc scratchpad = descriptor.scratchpad_desc();
  Command command;
  command.name = op_->name + ": reorder " + what;
  command.work = Work::Reorder;
  command.reads = {from};
  command.writes = {to};
  command.scratchBytes = scratchpad.get_size();
  command.detail = descriptor.impl_info_str();
  command.kernel = std::make_unique<PrimitiveKernel>(
      op_->place(), dnnl::reorder(descriptor), stream_,
      std::vector<PrimitiveKernel::Argument>{{DNNL_ARG_FROM, from, fromDesc},
                                             {DNNL_ARG_TO, to, toDesc}},
      scratchpad);
  emit(std::move(command));
}

void Lowering::updated(TensorId id) { copies(id).resize(1, copies(id).front()); }

dnnl::primitive_attr Lowering::plannedScratchpad() {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attributes;
}

}  // namespace node_cudnn::onednn
