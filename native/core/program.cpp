#include "program.h"

#include <algorithm>
#include <tuple>
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

Program::Program(ModelSpec spec, std::shared_ptr<Store> store)
    : spec_(std::move(spec)),
      store_(store ? std::move(store)
                   : std::make_shared<Store>(spec_.backend, spec_.backendOptions)),
      plans_(std::make_unique<PlanTable>()) {
  if (spec_.backend != store_->backendName()) {
    throw Error(ErrorCode::Option, "store",
                "its weights are on the backend '" + store_->backendName() + "', not on '" +
                    spec_.backend + "'");
  }
  if (spec_.backendOptions != store_->options()) {
    throw Error(ErrorCode::Option, "store",
                "its weights are on the backend '" + store_->backendName() +
                    "' with other backendOptions; give both the same");
  }
  checkModel(spec_);
  slotTable_ = std::make_unique<SlotTable>(spec_, training_);
  const ModelGraph model = buildModelGraph(spec_, training_, Mode::Predict, 1, false);
  for (const Op& op : model.graph.ops()) {
    if (const auto reason = backend().unsupported(model.graph, op)) {
      throw Error(ErrorCode::Unsupported, op.place(),
                  "backend '" + std::string(backend().name()) + "': " + *reason);
    }
  }
  for (const WeightSpec& weight : spec_.weights) {
    slots_.push_back(weight.id < 0 ? std::make_shared<Slot>(Slot{weight.name, weight.shape})
                                   : store_->weight(weight.id, weight.name, weight.shape));
  }
  store_->enter();
}

Program::~Program() {
  if (store_->running == this) settleForAnother();
  plans_.reset();
  slots_.clear();
  store_->leave();
}

void Program::configureTraining(TrainingSpec spec) {
  settle();
  checkTraining(spec_, spec);
  SlotTable table(spec_, spec);
  buildModelGraph(spec_, spec, Mode::Train, 1, false);  // throws before anything is changed
  plans_->keepPredicting();
  training_ = std::move(spec);
  *slotTable_ = std::move(table);
  slots_.resize(slotTable_->weights);
  for (const SlotPtr& slot : slots_) {
    // Another loss may want other layouts, which concerns only this program.
    const bool isShared = slot.use_count() > 2;
    if (!isShared) slot->chosenBy = std::min(slot->chosenBy, ChosenBy::Prediction);
  }
  for (const std::string& result : slotTable_->results) {
    slots_.push_back(std::make_shared<Slot>(Slot{result, {2}, ElementType::Double}));
  }
  for (std::size_t i = 0; i < slotTable_->stateNames.size(); ++i) {
    const Shape& shape = spec_.weights[slotTable_->stateWeights[i]].shape;
    slots_.push_back(std::make_shared<Slot>(Slot{slotTable_->stateNames[i], shape}));
  }
  step_ = 0;
  latest_.clear();
  parked_.clear();
  run_ = kTraining;
}

void Program::initialize() {
  for (std::size_t i = 0; i < spec_.weights.size(); ++i) {
    if (slots_[i]->hasValues) continue;
    const WeightSpec& weight = spec_.weights[i];
    store_->allocate(*slots_[i]);
    std::vector<float> values =
        hostFloats(elementCount(weight.shape), "a copy of '" + weight.name + "'");
    initializeValues(weight.initializer, spec_.seed, kWeightStreams + static_cast<std::uint32_t>(i),
                     values);
    writeWeight(i, values);
  }
}

bool Program::weightsAreFinite() const {
  return std::ranges::all_of(slots_, [](const SlotPtr& slot) { return slot->isFinite; });
}

Program::PlanKey Program::keyOf(Mode mode, std::int64_t batchSize, bool weighted) const {
  return {mode, batchSize, weighted, weightsAreFinite()};
}

LayoutPtr Program::givenLayout(std::size_t slot, Mode mode) const {
  const ChosenBy chosenBy = slots_[slot]->chosenBy;
  const bool given =
      chosenBy == ChosenBy::Training || (chosenBy == ChosenBy::Prediction && mode != Mode::Train);
  return given ? slots_[slot]->layout : nullptr;
}

bool Program::fits(const Plan& plan) const {
  return std::ranges::all_of(plan.schedule().buffers, [&](const Buffer& buffer) {
    if (buffer.slot < 0) return true;
    const LayoutPtr& layout = slots_.at(static_cast<std::size_t>(buffer.slot))->layout;
    return layout && (layout == buffer.layout || layout->equals(*buffer.layout));
  });
}

Plan& Program::plan(Mode mode, std::int64_t batchSize, bool weighted) {
  if (batchSize < 1 || batchSize > kLongestAxis) {
    throw Error(
        ErrorCode::Option, "batchSize",
        "expected 1 to " + std::to_string(kLongestAxis) + ", got " + std::to_string(batchSize));
  }
  const PlanKey key = keyOf(mode, batchSize, weighted);
  Plan* found = plans_->find(key);
  if (found != nullptr && (found->boundAt == store_->version() || fits(*found))) return *found;
  if (!predicts(mode) && training_.losses.empty()) {
    throw Error(ErrorCode::Option, "model", "has no loss: call compile() first");
  }
  settle();
  std::vector<LayoutPtr> layouts;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const bool isState = i >= slotTable_->weights + slotTable_->results.size();
    const std::size_t weight = isState ? slotTable_->stateWeights[i - slotTable_->state(0)] : i;
    layouts.push_back(givenLayout(weight, mode));
  }
  auto made =
      std::make_unique<Plan>(backend(),
                             buildModelGraph(spec_, training_, mode, batchSize, weighted,
                                             std::get<3>(key), backend().foldsBatchNormalization()),
                             layouts);
  adoptLayouts(*made, mode);
  plans_->removeIf([&](const Plan& plan) { return !fits(plan); });
  return plans_->add(key, std::move(made));
}

void Program::adoptLayouts(const Plan& plan, Mode mode) {
  const ChosenBy chooser = mode == Mode::Train ? ChosenBy::Training : ChosenBy::Prediction;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const LayoutPtr wanted = plan.slotLayout(i);
    if (!wanted) continue;
    store_->convert(*slots_[i], wanted);
    slots_[i]->chosenBy = std::max(slots_[i]->chosenBy, chooser);
  }
}

Plan& Program::ready(Mode mode, const Batch& batch) {
  if (batch.size < 1) throw Error(ErrorCode::Data, "batch", "has no rows");
  if (store_->running != nullptr && store_->running != this) settle();
  lookAtWeights();
  const bool weighted = !batch.sampleWeights.empty();
  const Plan* found = plans_->find(keyOf(mode, batch.size, weighted));
  if (found == nullptr || found != running_) settle();
  Plan& made = plan(mode, batch.size, weighted);
  try {
    bind(made);
    feed(made, batch);
  } catch (const OutOfMemory& error) {
    refuseBatch(error, made, keyOf(mode, batch.size, weighted));
  }
  return made;
}

void Program::bind(Plan& plan) {
  if (plan.boundAt == store_->version()) return;
  // What stays comes first: what is left then tells which batch would fit.
  std::vector<void*> addresses(slots_.size(), nullptr);
  for (const Buffer& buffer : plan.schedule().buffers) {
    if (buffer.slot < 0) continue;
    const auto slot = static_cast<std::size_t>(buffer.slot);
    store_->allocate(*slots_[slot]);
    addresses[slot] = slots_[slot]->memory->data();
  }
  plan.keepConstants(backend(), constants_);
  store_->ensureArena(plan.schedule().arenaBytes);
  plan.bind(store_->arena() == nullptr ? nullptr : store_->arena()->data(), addresses);
  plan.boundAt = store_->version();
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
        backend().feed(plan.schedule(), buffer, rows[i], batch.size, tensor.type,
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
