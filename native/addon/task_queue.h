// A thread that runs tasks in order. It starts with a task and ends with stop().
#pragma once

#include <condition_variable>
#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "completions.h"
#include "task.h"

namespace node_cudnn {

class TaskQueue {
 public:
  // computeThreads: of each parallel region of the tasks; 0: all cores.
  TaskQueue(std::shared_ptr<Completions> completions, int computeThreads);
  ~TaskQueue();
  TaskQueue(const TaskQueue&) = delete;
  TaskQueue& operator=(const TaskQueue&) = delete;

  // All on the JavaScript thread.
  void push(std::unique_ptr<Task> task);
  // For a task that has begun and must go on before the others.
  void pushFront(std::unique_ptr<Task> task);
  // Lets go of an object on the thread, behind what waits there; at once where no thread runs.
  void drop(std::shared_ptr<void> object);
  // Waits for the running task, drops those that wait, and ends the thread.
  void stop();

 private:
  void start();
  // `started` is set once the threads of OpenMP are there.
  void work(std::promise<void> started);
  // What the thread does next, or what it lets go of.
  struct Entry {
    std::unique_ptr<Task> task;
    std::shared_ptr<void> dropped;
  };
  // Empty: the thread ends.
  std::optional<Entry> next();

  std::shared_ptr<Completions> completions_;
  const int computeThreads_;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Entry> waiting_;  // guarded by mutex_
  bool stopping_ = false;      // guarded by mutex_
};

// NODE_CUDNN_THREADS, 0 when it is not set. Throws Error(Option) unless it is a whole number from
// 1 to 1024.
int computeThreadsFromEnvironment();

}  // namespace node_cudnn
