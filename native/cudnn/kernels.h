// The two kinds of kernel: one cuDNN execution plan, or one launch of this backend. Running either
// puts work on the stream and returns.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/backend.h"
#include "execution.h"
#include "planner.h"

namespace node_cudnn::cudnn {

// A plan with its variant pack; binding makes the pack, running executes it.
class PlanKernel final : public Kernel {
 public:
  // place: the op, for errors. execution: of the backend, outlives the kernel.
  PlanKernel(std::string place, std::shared_ptr<const ExecutionPlan> plan,
             const OperationGraph& graph, const Execution& execution);

  void bind(const Addresses& addresses) override;
  void run(const StepState& state) override;

 private:
  std::string place_;
  std::shared_ptr<const ExecutionPlan> plan_;
  std::vector<std::pair<Uid, BufferId>> bindings_;
  std::vector<std::pair<Uid, float>> scalars_;
  const Execution& execution_;
  Descriptor variantPack_;
};

// What a launch sees: the device addresses of its buffers, in the order that it named them.
class Pointers {
 public:
  void* at(std::size_t i) const { return addresses_[i]; }
  template <typename T>
  T* as(std::size_t i) const {
    return static_cast<T*>(addresses_[i]);
  }
  bool has(std::size_t i) const { return addresses_[i] != nullptr; }
  template <typename T>
  T* scratch() const {
    return static_cast<T*>(scratch_);
  }

 private:
  template <typename Body>
  friend class LaunchKernel;
  std::vector<void*> addresses_;
  void* scratch_ = nullptr;
};

// Throws the error of the launch, if there is one, as checkCuda() does.
void checkLaunch(const std::string& place);

// Body: void(const Pointers&, const Execution&). It only enqueues: what it does may be captured.
template <typename Body>
class LaunchKernel final : public Kernel {
 public:
  LaunchKernel(std::string place, std::vector<BufferId> buffers, const Execution& execution,
               Body body)
      : place_(std::move(place)),
        buffers_(std::move(buffers)),
        execution_(execution),
        body_(std::move(body)) {}

  void bind(const Addresses& addresses) override {
    pointers_.addresses_.clear();
    for (const BufferId id : buffers_) {
      pointers_.addresses_.push_back(id < 0 ? nullptr
                                            : addresses.buffers.at(static_cast<std::size_t>(id)));
    }
    pointers_.scratch_ = addresses.scratch;
  }
  void run(const StepState&) override {
    body_(pointers_, execution_);
    checkLaunch(place_);
  }

 private:
  std::string place_;
  std::vector<BufferId> buffers_;
  const Execution& execution_;
  Pointers pointers_;
  Body body_;
};

}  // namespace node_cudnn::cudnn
