// Brings tasks back to the JavaScript thread of one environment, and ends its queues' threads
// before the environment ends.
#pragma once

#include <napi.h>

#include <memory>
#include <mutex>
#include <unordered_set>
#include <utility>
#include <vector>

#include "task.h"

namespace node_cudnn {

class TaskQueue;

class Completions {
 public:
  explicit Completions(Napi::Env env) : env_(env) {}
  Completions(const Completions&) = delete;
  Completions& operator=(const Completions&) = delete;

  // On the JavaScript thread. A task that begins keeps the process alive until it is settled.
  void begin();
  void add(TaskQueue& queue) { queues_.insert(&queue); }
  void remove(TaskQueue& queue);
  // True once the environment is ending: no call can be answered any more.
  bool closed() const { return closed_; }

  // On a queue's thread: the task has run.
  void ran(TaskQueue& queue, std::unique_ptr<Task> task);

 private:
  using Entry = std::pair<TaskQueue*, std::unique_ptr<Task>>;

  void open();
  void closeOnExit();
  void close();
  void drain();

  Napi::Env env_;
  napi_threadsafe_function wake_ = nullptr;
  std::size_t pending_ = 0;
  bool closed_ = false;
  std::unordered_set<TaskQueue*> queues_;
  std::mutex mutex_;
  std::vector<Entry> finished_;  // guarded by mutex_
};

}  // namespace node_cudnn
