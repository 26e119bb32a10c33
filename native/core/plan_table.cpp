#include "plan_table.h"

#include <algorithm>
#include <utility>

namespace node_cudnn {

Plan* PlanTable::find(const Key& key) {
  const auto found = plans_.find(key);
  if (found == plans_.end()) return nullptr;
  found->second.used = ++uses_;
  return found->second.plan.get();
}

Plan& PlanTable::add(const Key& key, std::unique_ptr<Plan> plan) {
  if (plans_.size() >= kMost) {
    plans_.erase(
        std::ranges::min_element(plans_, {}, [](const auto& entry) { return entry.second.used; }));
  }
  return *plans_.insert_or_assign(key, Entry{std::move(plan), ++uses_}).first->second.plan;
}

void PlanTable::keepPredicting() {
  std::erase_if(plans_, [&](const auto& entry) { return !predicts(std::get<Mode>(entry.first)); });
}

void PlanTable::removeIf(const std::function<bool(const Plan&)>& unfit) {
  std::erase_if(plans_, [&](const auto& entry) { return unfit(*entry.second.plan); });
}

}  // namespace node_cudnn
