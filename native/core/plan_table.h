// The plans of a program, of which it keeps those used last.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <tuple>

#include "plan.h"
#include "program.h"

namespace node_cudnn {

class PlanTable {
 public:
  // Mode, batch size, whether rows have weights, and whether all weights are finite.
  using Key = std::tuple<Mode, std::int64_t, bool, bool>;

  // Training with validation, prediction and weights of rows, each with a last batch that is
  // smaller, takes a dozen.
  static constexpr std::size_t kMost = 24;

  // Null when there is none; else it counts as used.
  Plan* find(const Key& key);
  // The plan that was used least recently goes when there are too many.
  Plan& add(const Key& key, std::unique_ptr<Plan> plan);

  std::size_t size() const { return plans_.size(); }
  // Without those that know of losses.
  void keepPredicting();
  void removeIf(const std::function<bool(const Plan&)>& unfit);

 private:
  struct Entry {
    std::unique_ptr<Plan> plan;
    std::uint64_t used = 0;
  };

  std::map<Key, Entry> plans_;
  std::uint64_t uses_ = 0;
};

}  // namespace node_cudnn
