// Weights in the memory of one backend, shared by the programs that use them, and the memory for
// activations, of which the programs of a store need one at a time. One thread calls a store and
// its programs; only weight(), has(), release() and the constructor of a Program may be called
// beside it, by another.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "backend.h"

namespace node_cudnn {

class Program;

// What kind of plan chose how a slot lies in memory. A plan that trains may choose once; all others
// take what is there.
enum class ChosenBy { Nobody, Prediction, Training };

// Memory that stays from run to run: a weight, a part of an optimizer's state, an accumulator.
struct Slot {
  std::string name;
  Shape shape;
  ElementType type = ElementType::Float;
  LayoutPtr layout = nullptr;                // null: not chosen yet
  std::unique_ptr<Memory> memory = nullptr;  // null: not needed yet
  ChosenBy chosenBy = ChosenBy::Nobody;
  bool hasValues = false;
  bool isFinite = true;     // as far as is known
  bool isDoubtful = false;  // an update may have made NaN or Infinity of it
};
using SlotPtr = std::shared_ptr<Slot>;

class Store {
 public:
  // Throws Error(Backend) naming the backends that exist, and what the backend says of its options.
  explicit Store(std::string backend, Attributes options = {});
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  const std::string& backendName() const { return name_; }
  const Attributes& options() const { return options_; }
  Backend& backend() { return *backend_; }

  // The weight of this id, which is made when it is not there. Throws Error(Shape) where it has
  // another shape.
  SlotPtr weight(std::int64_t id, const std::string& name, const Shape& shape);
  bool has(std::int64_t id) const { return find(id) != nullptr; }
  // Null where there is none.
  SlotPtr find(std::int64_t id) const;
  // Forgets these weights. Each lives on in what is returned, and in the programs that use it.
  std::vector<SlotPtr> release(std::span<const std::int64_t> ids);

  // Memory in the slot's layout, a plain one if none was chosen. Throws OutOfMemory.
  void allocate(Slot& slot);
  // Gives the slot another layout; values that are there are converted.
  void convert(Slot& slot, const LayoutPtr& wanted);
  std::vector<float> read(Slot& slot);
  // Takes note of whether the values are finite. Throws Error(Shape) for another number of them.
  void write(Slot& slot, std::span<const float> values);
  // Takes note of whether the values that are there are finite.
  void look(Slot& slot);

  // At least so many bytes for activations and gradients, of whichever program runs.
  void ensureArena(std::size_t bytes);
  Memory* arena() const { return arena_.get(); }

  // Changes with every layout, address and finiteness: a plan that was made or bound at another
  // version has to be looked at.
  std::uint64_t version() const { return version_; }
  void changed() { ++version_; }

  // Changes with every value of a weight that may have changed.
  std::uint64_t weightsVersion() const { return weightsVersion_; }
  void weightsChanged() { ++weightsVersion_; }

  // The program whose runs were not observed yet, or null.
  Program* running = nullptr;
  // Waits for its runs, and has it take note of them.
  void settle();

  // Called by each program once: the memory for activations goes with the last.
  void enter() { ++programs_; }
  void leave();

  // Bytes of the weights, also of those that were released and are used still, and of the arena.
  std::size_t bytes() const;

 private:
  std::string name_;
  Attributes options_;
  std::unique_ptr<Backend> backend_;
  mutable std::mutex mutex_;
  std::map<std::int64_t, SlotPtr> weights_;    // guarded by mutex_
  std::vector<std::weak_ptr<Slot>> released_;  // guarded by mutex_
  std::unique_ptr<Memory> arena_;
  std::atomic<int> programs_ = 0;
  std::uint64_t version_ = 1;
  std::uint64_t weightsVersion_ = 1;
};

bool allFinite(std::span<const float> values);

}  // namespace node_cudnn
