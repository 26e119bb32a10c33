// A store and the thread that all its programs run on, in the order of the calls. The thread ends
// when no program and no call is left, and starts again with the next call.
#pragma once

#include <napi.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "completions.h"
#include "core/program.h"
#include "core/store.h"
#include "task_queue.h"

namespace node_cudnn {

// All on the JavaScript thread, which also lets go of it: never held by what the thread runs.
class StoreThread {
 public:
  // Throws as Store, and Error(Option) for NODE_CUDNN_THREADS.
  StoreThread(Napi::Env env, const std::string& backend, const Attributes& options);
  ~StoreThread();
  StoreThread(const StoreThread&) = delete;
  StoreThread& operator=(const StoreThread&) = delete;

  const std::shared_ptr<Store>& store() const { return store_; }

  // Queues work; the promise of its outcome. `owner` is kept alive until that is settled, just
  // before which `settling` is called. `work` may use the store and its programs.
  Napi::Value enqueue(Napi::Object owner, TaskFunction work,
                      std::function<void(Napi::Env)> settling = {});

  // Each program is counted once, and leaves when it is gone or given up with it.
  void enter() { ++programs_; }
  void leave(std::unique_ptr<Program> program);

  // Forgets these weights; the memory of those that no program uses goes on the thread.
  void release(std::span<const std::int64_t> ids);

  // Bytes of the store after the last call that settled.
  std::size_t bytes() const { return reported_; }

 private:
  void stopIfIdle();
  // To the garbage collector.
  void report(std::size_t bytes);

  Napi::Env env_;
  std::shared_ptr<Store> store_;
  std::atomic<std::size_t> bytes_ = 0;
  std::size_t reported_ = 0;
  std::size_t programs_ = 0;
  std::size_t outstanding_ = 0;
  TaskQueue queue_;  // last: its thread ends before the rest goes
};

}  // namespace node_cudnn
