// The plans of a program, of which it keeps those used last.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <tuple>

#include "plan.h"
#include "program.h"

namespace node_cudnn {

class PlanTable {
 public:
  // Mode, batch size, and whether rows have weights.
  using Key = std::tuple<Mode, std::int64_t, bool>;

  // Training with validation, prediction and weights of rows, each with a last batch that is
  // smaller, takes a dozen.
  static constexpr std::size_t kMost = 24;

  // Null when there is none; else it counts as used.
  Plan* find(const Key& key);
  // The plan that was used least recently goes when there are too many.
  Plan& add(const Key& key, std::unique_ptr<Plan> plan);

  // Without counting as a use.
  bool has(const Key& key) const { return plans_.contains(key); }
  bool isEmpty() const { return plans_.empty(); }
  std::size_t size() const { return plans_.size(); }
  void clear() { plans_.clear(); }
  // Without those that know of losses.
  void keepPredicting();
  void unbind();
  // Whether a plan uses the slot.
  bool uses(std::size_t slot) const;

 private:
  struct Entry {
    std::unique_ptr<Plan> plan;
    std::uint64_t used = 0;
  };

  std::map<Key, Entry> plans_;
  std::uint64_t uses_ = 0;
};

}  // namespace node_cudnn
