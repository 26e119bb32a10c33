#include "step_replay.h"

#include <exception>
#include <iostream>
#include <utility>

#include "core/error.h"
#include "status.h"

namespace node_cudnn::cudnn {

namespace {

struct GraphEnd {
  void operator()(cudaGraph_t graph) const { static_cast<void>(cudaGraphDestroy(graph)); }
};
using Graph = std::unique_ptr<std::remove_pointer_t<cudaGraph_t>, GraphEnd>;

// The commands as a graph; none of them runs.
Graph captured(Stream& stream, const std::function<void()>& enqueue) {
  // Of this thread: other programs may allocate meanwhile.
  NODE_CUDNN_CUDA(cudaStreamBeginCapture(stream.get(), cudaStreamCaptureModeThreadLocal));
  cudaGraph_t graph = nullptr;
  try {
    enqueue();
  } catch (...) {
    static_cast<void>(cudaStreamEndCapture(stream.get(), &graph));
    static_cast<void>(cudaGetLastError());
    if (graph != nullptr) static_cast<void>(cudaGraphDestroy(graph));
    throw;
  }
  NODE_CUDNN_CUDA(cudaStreamEndCapture(stream.get(), &graph));
  return Graph(graph);
}

}  // namespace

StepReplay::~StepReplay() { reset(); }

void StepReplay::reset() {
  // CUDA keeps a graph that is still running until it has run.
  if (graph_ != nullptr) static_cast<void>(cudaGraphExecDestroy(graph_));
  graph_ = nullptr;
  warm_ = false;
  refused_ = false;
}

void StepReplay::capture(Stream& stream, const std::function<void()>& enqueue) {
  try {
    const Graph graph = captured(stream, enqueue);
    NODE_CUDNN_CUDA(cudaGraphInstantiate(&graph_, graph.get(), 0));
  } catch (const std::exception& error) {
    // The launches themselves are in order, or they will say so when they are made one by one.
    graph_ = nullptr;
    refused_ = true;
    std::cerr << "node-cudnn: a step could not be captured as a CUDA graph and is launched "
                 "command by command, which is slower: "
              << error.what() << '\n';
  }
}

void StepReplay::run(Stream& stream, std::vector<const void*> key,
                     const std::function<void()>& enqueue) {
  if (key != key_) {
    reset();
    key_ = std::move(key);
  }
  if (graph_ == nullptr && warm_ && !refused_) capture(stream, enqueue);
  if (graph_ != nullptr) {
    NODE_CUDNN_CUDA(cudaGraphLaunch(graph_, stream.get()));
    return;
  }
  enqueue();
  warm_ = true;
}

void makeReplayable(Schedule& schedule) {
  if (schedule.commands.empty()) return;
  std::unique_ptr<Kernel>& first = schedule.commands.front().kernel;
  first = std::make_unique<ReplayedKernel>(std::move(first));
}

StepReplay* replayOf(const Schedule& schedule) {
  if (schedule.commands.empty()) return nullptr;
  auto* first = dynamic_cast<ReplayedKernel*>(schedule.commands.front().kernel.get());
  return first == nullptr ? nullptr : &first->replay();
}

}  // namespace node_cudnn::cudnn
