#include "store.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "error.h"
#include "host_memory.h"
#include "program.h"

namespace node_cudnn {

Store::Store(std::string backend, Attributes options)
    : name_(std::move(backend)),
      options_(std::move(options)),
      backend_(makeBackend(name_, options_)) {}

Store::~Store() = default;

SlotPtr Store::weight(std::int64_t id, const std::string& name, const Shape& shape) {
  const std::lock_guard lock(mutex_);
  const auto [entry, made] = weights_.try_emplace(id, nullptr);
  if (made) entry->second = std::make_shared<Slot>(Slot{.name = name, .shape = shape});
  if (entry->second->shape == shape) return entry->second;
  throw Error(ErrorCode::Shape, "weight '" + name + "'",
              "expected the shape " + toString(entry->second->shape) + " that it has as '" +
                  entry->second->name + "', got " + toString(shape));
}

SlotPtr Store::find(std::int64_t id) const {
  const std::lock_guard lock(mutex_);
  const auto found = weights_.find(id);
  return found == weights_.end() ? nullptr : found->second;
}

std::vector<SlotPtr> Store::release(std::span<const std::int64_t> ids) {
  std::vector<SlotPtr> slots;
  const std::lock_guard lock(mutex_);
  std::erase_if(released_, [](const auto& slot) { return slot.expired(); });
  for (const std::int64_t id : ids) {
    auto found = weights_.extract(id);
    if (found.empty()) continue;
    released_.push_back(found.mapped());
    slots.push_back(std::move(found.mapped()));
  }
  return slots;
}

void Store::allocate(Slot& slot) {
  if (slot.memory) return;
  if (!slot.layout) slot.layout = backend_->plain(slot.shape, slot.type);
  slot.memory = backend_->allocate(slot.layout->bytes(), slot.name);
  changed();
}

void Store::convert(Slot& slot, const LayoutPtr& wanted) {
  if (slot.layout && slot.layout->equals(*wanted)) return;
  changed();
  if (!slot.memory) {
    slot.layout = wanted;
    return;
  }
  const std::vector<float> values = read(slot);
  std::unique_ptr<Memory> memory = backend_->allocate(wanted->bytes(), slot.name);
  backend_->write(*wanted, memory->data(), values);
  slot.layout = wanted;
  slot.memory = std::move(memory);
}

std::vector<float> Store::read(Slot& slot) {
  allocate(slot);
  std::vector<float> values = hostFloats(elementCount(slot.shape), "a copy of '" + slot.name + "'");
  backend_->read(*slot.layout, slot.memory->data(), values);
  return values;
}

void Store::write(Slot& slot, std::span<const float> values) {
  const auto expected = static_cast<std::size_t>(elementCount(slot.shape));
  if (values.size() != expected) {
    throw Error(ErrorCode::Shape, "weight '" + slot.name + "'",
                "expected " + std::to_string(expected) + " values for " + toString(slot.shape) +
                    ", got " + std::to_string(values.size()));
  }
  allocate(slot);
  weightsChanged();
  backend_->write(*slot.layout, slot.memory->data(), values);
  slot.hasValues = true;
  slot.isFinite = allFinite(values);
}

void Store::look(Slot& slot) { slot.isFinite = allFinite(read(slot)); }

void Store::settle() {
  if (running != nullptr) running->settleForAnother();
}

void Store::leave() {
  if (--programs_ > 0 || !arena_) return;
  arena_.reset();
  changed();
}

void Store::ensureArena(std::size_t bytes) {
  if (bytes == 0 || (arena_ && arena_->bytes() >= bytes)) return;
  changed();
  arena_.reset();
  arena_ = backend_->allocate(bytes, "activations and gradients");
}

std::size_t Store::bytes() const {
  std::size_t total = arena_ ? arena_->bytes() : 0;
  const auto add = [&](const Slot& slot) { total += slot.memory ? slot.memory->bytes() : 0; };
  const std::lock_guard lock(mutex_);
  for (const auto& [id, slot] : weights_) add(*slot);
  for (const auto& released : released_) {
    if (const SlotPtr slot = released.lock()) add(*slot);
  }
  return total;
}

bool allFinite(std::span<const float> values) {
  return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
}

}  // namespace node_cudnn
