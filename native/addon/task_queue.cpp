#include "task_queue.h"

#include <omp.h>
#include <pthread.h>

#include <atomic>
#include <charconv>
#include <cstdlib>
#include <exception>
#include <future>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "core/address_space.h"
#include "core/error.h"

namespace node_cudnn {

namespace {

// What a thread takes besides its stack: its heap, and OpenMP's lists.
constexpr std::size_t kThreadBytes = std::size_t{1} << 20;
constexpr std::size_t kSpareBytes = std::size_t{16} << 20;

void requireRoomFor(int threads) {
  const std::size_t bytes = threadStackBytes() + kThreadBytes;
  requireAddressSpace(static_cast<std::size_t>(threads) * bytes + kSpareBytes, "threads");
}

// OpenMP starts its threads at the first parallel region of a thread, and ends the process where it
// cannot: so they are started at once, after a look at the room for them. The heap of this thread
// may take 128 MiB of it, where there are so many, with its first block.
void startComputeThreads() {
  void* volatile block = std::malloc(1);
  std::free(block);
  requireRoomFor(omp_get_max_threads());
  std::atomic<int> started{0};
#pragma omp parallel
  started.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

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
    waiting_.push_back({std::move(task), nullptr});
  }
  changed_.notify_one();
}

void TaskQueue::pushFront(std::unique_ptr<Task> task) {
  start();
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_front({std::move(task), nullptr});
  }
  changed_.notify_one();
}

void TaskQueue::drop(std::shared_ptr<void> object) {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back({nullptr, std::move(object)});
  }
  changed_.notify_one();
}

void TaskQueue::start() {
  if (thread_.joinable() || completions_->closed()) return;
  // One at a time: each looks at the room that the others have left.
  static std::mutex starting;
  const std::lock_guard lock(starting);
  requireRoomFor(1 + (computeThreads_ > 0 ? computeThreads_ : omp_get_max_threads()));
  stopping_ = false;
  std::promise<void> promise;
  std::future<void> started = promise.get_future();
  try {
    thread_ = std::thread(&TaskQueue::work, this, std::move(promise));
  } catch (const std::system_error& error) {
    throw Error(ErrorCode::OutOfMemory, "threads",
                std::string("no thread could be started: ") + error.what() +
                    "; raise the limit on processes (ulimit -u) or memory");
  }
  try {
    started.get();
  } catch (...) {
    thread_.join();
    throw;
  }
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

void TaskQueue::work(std::promise<void> started) {
  pthread_setname_np(pthread_self(), "node-cudnn");
  if (computeThreads_ > 0) omp_set_num_threads(computeThreads_);
  omp_set_dynamic(0);  // else there would be more of them later
  try {
    startComputeThreads();
  } catch (...) {
    started.set_exception(std::current_exception());
    return;
  }
  started.set_value();
  while (std::optional<Entry> entry = next()) {
    if (entry->task == nullptr) continue;
    entry->task->run();
    completions_->ran(*this, std::move(entry->task));
  }
}

std::optional<TaskQueue::Entry> TaskQueue::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
  if (stopping_) return std::nullopt;
  Entry entry = std::move(waiting_.front());
  waiting_.pop_front();
  return entry;
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
