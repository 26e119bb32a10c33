// A whole schedule as one CUDA graph. The first run enqueues its commands one by one, for CUDA and
// cuDNN load kernels when they are first used; the second is captured and launched, and every later
// one is a single launch.
#pragma once

#include <cuda_runtime_api.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/backend.h"
#include "stream.h"

namespace node_cudnn::cudnn {

class StepReplay {
 public:
  StepReplay() = default;
  ~StepReplay();
  StepReplay(const StepReplay&) = delete;
  StepReplay& operator=(const StepReplay&) = delete;

  // Forgets the graph: addresses have changed.
  void reset();

  // Puts the work on the stream. enqueue only enqueues, and the same each time. key: what else
  // decides the graph's addresses; another one makes a new graph.
  void run(Stream& stream, std::vector<const void*> key, const std::function<void()>& enqueue);

  bool isCaptured() const { return graph_ != nullptr; }

 private:
  void capture(Stream& stream, const std::function<void()>& enqueue);

  std::vector<const void*> key_;
  bool warm_ = false;
  bool refused_ = false;  // something in the schedule cannot be captured
  cudaGraphExec_t graph_ = nullptr;
};

// Stands in for a schedule's first kernel, to learn when its addresses change, and owns the replay.
class ReplayedKernel final : public Kernel {
 public:
  explicit ReplayedKernel(std::unique_ptr<Kernel> first) : first_(std::move(first)) {}

  void bind(const Addresses& addresses) override {
    replay_.reset();
    first_->bind(addresses);
  }
  void run(const StepState& state) override { first_->run(state); }

  StepReplay& replay() { return replay_; }

 private:
  std::unique_ptr<Kernel> first_;
  StepReplay replay_;
};

// Puts a ReplayedKernel in the schedule's first command, if it has commands.
void makeReplayable(Schedule& schedule);
// Null when the schedule was not made replayable.
StepReplay* replayOf(const Schedule& schedule);

}  // namespace node_cudnn::cudnn
