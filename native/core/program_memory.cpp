// When memory does not suffice: which batch size would.
#include <algorithm>
#include <string>

#include "error.h"
#include "plan.h"
#include "program.h"

namespace node_cudnn {

void Program::refuseBatch(const OutOfMemory& error, const Plan& plan, const PlanKey& key) {
  // When something else than the arena did not fit, it has to fit beside it.
  const Memory* arena = store_->arena();
  const bool isArena = arena == nullptr && error.wanted() == plan.schedule().arenaBytes;
  const std::size_t others = isArena ? 0 : error.wanted();
  const std::size_t free = error.available() + (arena == nullptr ? 0 : arena->bytes());
  const std::size_t room = free > others ? free - others : 0;
  std::string message(error.what());
  if (!error.place().empty()) message.erase(0, error.place().size() + 2);
  const std::int64_t size = batchThatFits(key, plan.schedule().arenaBytes, room);
  if (size > 0) {
    message += "; a batch size of " + std::to_string(size) + " would fit";
  } else {
    message += "; not even a batch of 1 would fit";
  }
  throw OutOfMemory(error.place(), message, error.wanted(), error.available());
}

std::int64_t Program::batchThatFits(const PlanKey& key, std::size_t bytes, std::size_t room) {
  const auto [mode, tooLarge, weighted, finite] = key;
  std::vector<LayoutPtr> layouts;
  for (const SlotPtr& slot : slots_) layouts.push_back(slot->layout);
  // Part of an arena does not shrink with the batch, so a share in proportion may still be too
  // large, and each try takes less of it. Each is a real plan.
  std::int64_t size = tooLarge;
  for (double part = 1; size > 1 && bytes > 0; part = std::max(part - 0.0625, 0.0)) {
    const double share = part * static_cast<double>(room) / static_cast<double>(bytes);
    size = std::clamp<std::int64_t>(std::int64_t(static_cast<double>(size) * share), 1, size - 1);
    bytes = Plan(backend(),
                 buildModelGraph(spec_, training_, mode, size, weighted, finite,
                                 backend().foldsBatchNormalization()),
                 layouts)
                .schedule()
                .arenaBytes;
    if (bytes <= room) return size;
  }
  return 0;
}

}  // namespace node_cudnn
