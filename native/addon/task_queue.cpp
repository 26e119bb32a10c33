#include "task_queue.h"

#include <omp.h>
#include <pthread.h>

#include <charconv>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/error.h"

namespace node_cudnn {

TaskQueue::TaskQueue(std::shared_ptr<Completions> completions, int computeThreads)
    : completions_(std::move(completions)), computeThreads_(computeThreads) {
  completions_->add(*this);
}

TaskQueue::~TaskQueue() {
  stop();
  completions_->remove(*this);
}

void TaskQueue::push(std::unique_ptr<Task> task) {
  start();
  completions_->begin();
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(task));
  }
  changed_.notify_one();
}

void TaskQueue::pushFront(std::unique_ptr<Task> task) {
  start();
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_front(std::move(task));
  }
  changed_.notify_one();
}

void TaskQueue::start() {
  if (thread_.joinable() || completions_->closed()) return;
  stopping_ = false;
  thread_ = std::thread([this] { work(); });
}

void TaskQueue::stop() {
  if (thread_.joinable()) {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }
  waiting_.clear();
}

void TaskQueue::work() {
  pthread_setname_np(pthread_self(), "node-cudnn");
  if (computeThreads_ > 0) omp_set_num_threads(computeThreads_);
  while (std::unique_ptr<Task> task = next()) {
    task->run();
    completions_->ran(*this, std::move(task));
  }
}

std::unique_ptr<Task> TaskQueue::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
  if (stopping_) return nullptr;
  std::unique_ptr<Task> task = std::move(waiting_.front());
  waiting_.pop_front();
  return task;
}

int computeThreadsFromEnvironment() {
  constexpr int kMostThreads = 1024;
  const char* variable = std::getenv("NODE_CUDNN_THREADS");
  if (variable == nullptr || *variable == '\0') return 0;
  const std::string_view text = variable;
  int threads = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), threads);
  if (error != std::errc{} || end != text.data() + text.size() || threads < 1 ||
      threads > kMostThreads) {
    throw Error(ErrorCode::Option, "NODE_CUDNN_THREADS",
                "expected a whole number from 1 to " + std::to_string(kMostThreads) + ", got '" +
                    std::string(text) + "'");
  }
  return threads;
}

}  // namespace node_cudnn
