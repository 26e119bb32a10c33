#include "program.h"

#include <algorithm>
#include <utility>

#include "check_spec.h"
#include "error.h"
#include "host_memory.h"
#include "initializer.h"
#include "plan.h"
#include "plan_table.h"
#include "slot_table.h"

namespace node_cudnn {

namespace {

// Weights draw from the upper half of the streams, dropout (by op index) from the lower.
constexpr std::uint32_t kWeightStreams = 0x80000000U;

}  // namespace

Program::Program(ModelSpec spec)
    : spec_(std::move(spec)),
      backend_(makeBackend(spec_.backend, spec_.backendOptions)),
      plans_(std::make_unique<PlanTable>()) {
  checkModel(spec_);
  slotTable_ = std::make_unique<SlotTable>(spec_, training_);
  for (const WeightSpec& weight : spec_.weights) {
    slots_.push_back({weight.name, weight.shape, nullptr, nullptr});
  }
  const ModelGraph model = buildModelGraph(spec_, training_, Mode::Predict, 1, false);
  for (const Op& op : model.graph.ops()) {
    if (const auto reason = backend_->unsupported(model.graph, op)) {
      throw Error(ErrorCode::Unsupported, op.place(),
                  "backend '" + std::string(backend_->name()) + "': " + *reason);
    }
  }
}

Program::~Program() = default;

void Program::configureTraining(TrainingSpec spec) {
  settle();
  checkTraining(spec_, spec);
  SlotTable table(spec_, spec);
  buildModelGraph(spec_, spec, Mode::Train, 1, false);  // throws before anything is changed
  plans_->keepPredicting();
  layoutsSuitTraining_ = false;
  training_ = std::move(spec);
  *slotTable_ = std::move(table);
  slots_.resize(slotTable_->weights);
  for (const std::string& result : slotTable_->results) slots_.push_back({result, {2}, {}, {}});
  for (std::size_t i = 0; i < slotTable_->stateNames.size(); ++i) {
    slots_.push_back({slotTable_->stateNames[i], spec_.weights[slotTable_->stateWeights[i]].shape,
                      nullptr, nullptr});
  }
  plans_->unbind();
  // The optimizer's state is new.
  notFinite_.erase(notFinite_.lower_bound(spec_.weights.size()), notFinite_.end());
  step_ = 0;
}

void Program::initialize() {
  for (std::size_t i = 0; i < spec_.weights.size(); ++i) {
    const WeightSpec& weight = spec_.weights[i];
    ensureSlot(i);
    std::vector<float> values =
        hostFloats(elementCount(weight.shape), "a copy of '" + weight.name + "'");
    initializeValues(weight.initializer, spec_.seed, kWeightStreams + static_cast<std::uint32_t>(i),
                     values);
    writeSlot(i, values, weight.name);
  }
}

void Program::ensureSlot(std::size_t index) {
  Slot& slot = slots_.at(index);
  if (slot.memory) return;
  const bool accumulator =
      index >= slotTable_->weights && index < slotTable_->weights + slotTable_->results.size();
  if (!slot.layout) {
    slot.layout =
        backend_->plain(slot.shape, accumulator ? ElementType::Double : ElementType::Float);
  }
  slot.memory = backend_->allocate(slot.layout->bytes(), slot.name);
}

Plan& Program::plan(Mode mode, std::int64_t batchSize, bool weighted) {
  if (batchSize < 1 || batchSize > kLongestAxis) {
    throw Error(
        ErrorCode::Option, "batchSize",
        "expected 1 to " + std::to_string(kLongestAxis) + ", got " + std::to_string(batchSize));
  }
  const PlanKey key{mode, batchSize, weighted};
  if (Plan* found = plans_->find(key)) return *found;
  if (!predicts(mode) && training_.losses.empty()) {
    throw Error(ErrorCode::Option, "model", "has no loss: call compile() first");
  }
  settle();
  const bool free = plans_->isEmpty() || (mode == Mode::Train && !layoutsSuitTraining_);
  std::vector<LayoutPtr> layouts;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    // A weight that no loss reaches is in no training plan.
    layouts.push_back(free || !plans_->uses(i) ? nullptr : slots_[i].layout);
  }
  auto made = std::make_unique<Plan>(
      *backend_, buildModelGraph(spec_, training_, mode, batchSize, weighted, notFinite_.empty()),
      layouts);
  if (free) plans_->clear();
  adoptLayouts(*made);
  layoutsSuitTraining_ |= mode == Mode::Train;
  return plans_->add(key, std::move(made));
}

void Program::adoptLayouts(const Plan& plan) {
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const LayoutPtr wanted = plan.slotLayout(i);
    Slot& slot = slots_[i];
    if (!wanted || (slot.layout && slot.layout->equals(*wanted))) continue;
    if (!slot.memory) {
      slot.layout = wanted;
      continue;
    }
    const std::vector<float> values = readSlot(i);
    slot.memory.reset();
    slot.layout = wanted;
    slot.memory = backend_->allocate(wanted->bytes(), slot.name);
    backend_->write(*wanted, slot.memory->data(), values);
  }
}

void Program::ensureArena(const Plan& plan) {
  const std::size_t bytes = plan.schedule().arenaBytes;
  if (bytes == 0 || (arena_ && arena_->bytes() >= bytes)) return;
  plans_->unbind();
  arena_.reset();
  arena_ = backend_->allocate(bytes, "activations and gradients");
}

Plan& Program::ready(Mode mode, const Batch& batch) {
  if (batch.size < 1) throw Error(ErrorCode::Data, "batch", "has no rows");
  lookAtWeights();
  const Plan* found = plans_->find({mode, batch.size, !batch.sampleWeights.empty()});
  if (found == nullptr || found != running_) settle();
  Plan& made = plan(mode, batch.size, !batch.sampleWeights.empty());
  try {
    // What stays comes first: what is left then tells which batch would fit.
    for (const Buffer& buffer : made.schedule().buffers) {
      if (!made.isBound() && buffer.slot >= 0) ensureSlot(static_cast<std::size_t>(buffer.slot));
    }
    ensureArena(made);
    if (!made.isBound()) bind(made);
    feed(made, batch);
  } catch (const OutOfMemory& error) {
    refuseBatch(error, made, {mode, batch.size, !batch.sampleWeights.empty()});
  }
  return made;
}

void Program::bind(Plan& plan) {
  std::vector<void*> addresses(slots_.size(), nullptr);
  for (const Buffer& buffer : plan.schedule().buffers) {
    if (buffer.slot < 0) continue;
    const auto slot = static_cast<std::size_t>(buffer.slot);
    addresses[slot] = slots_[slot].memory->data();
  }
  plan.bind(arena_ ? arena_->data() : nullptr, addresses);
}

void Program::feed(Plan& plan, const Batch& batch) {
  const ModelGraph& model = plan.model();
  const auto feedAll = [&](const std::vector<TensorId>& tensors, const std::vector<HostRows>& rows,
                           const char* what, bool labels) {
    if (rows.size() != tensors.size()) {
      throw Error(ErrorCode::Data, "batch",
                  std::string("expected ") + std::to_string(tensors.size()) + " " + what +
                      ", got " + std::to_string(rows.size()));
    }
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      const Tensor& tensor = model.graph.tensor(tensors[i]);
      const BufferId buffer = plan.bufferOf(tensors[i]);
      const std::int64_t elements = elementCount(tensor.shape) / batch.size;
      if (rows[i].rowElements != elements) {
        throw Error(ErrorCode::Shape, rows[i].name.empty() ? tensor.name : rows[i].name,
                    "expected rows of " + std::to_string(elements) + " elements, got " +
                        std::to_string(rows[i].rowElements));
      }
      if (buffer >= 0) {
        backend_->feed(plan.schedule(), buffer, rows[i], batch.size, tensor.type,
                       labels ? model.classes[i] : 0, plan.address(buffer));
      }
    }
  };
  feedAll(model.inputs, batch.inputs, "inputs", false);
  if (model.targets.empty()) return;
  feedAll(model.targets, batch.targets, "targets", true);
  if (!batch.sampleWeights.empty()) {
    feedAll(model.sampleWeights, batch.sampleWeights, "sample weights", false);
  }
}

}  // namespace node_cudnn
