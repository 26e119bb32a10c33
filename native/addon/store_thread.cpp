#include "store_thread.h"

#include <utility>
#include <vector>

#include "addon_data.h"

namespace node_cudnn {

StoreThread::StoreThread(Napi::Env env, const std::string& backend, const Attributes& options)
    : env_(env),
      store_(std::make_shared<Store>(backend, options)),
      queue_(env.GetInstanceData<AddonData>()->completions, computeThreadsFromEnvironment()) {}

StoreThread::~StoreThread() {
  queue_.stop();
  report(0);
}

Napi::Value StoreThread::enqueue(Napi::Object owner, TaskFunction function,
                                 std::function<void(Napi::Env)> settling) {
  auto task = std::make_unique<Task>(env_, [this, work = std::move(function)] {
    try {
      Outcome outcome = work();
      bytes_ = store_->bytes();
      return outcome;
    } catch (...) {
      bytes_ = store_->bytes();
      throw;
    }
  });
  task->pin(owner);
  task->beforeSettling = [this, settled = std::move(settling)](Napi::Env env) {
    --outstanding_;
    report(bytes_);
    // May let go of this object.
    if (settled) {
      settled(env);
    } else {
      stopIfIdle();
    }
  };
  const Napi::Value promise = task->promise();
  queue_.push(std::move(task));
  ++outstanding_;
  return promise;
}

void StoreThread::leave(std::unique_ptr<Program> program) {
  --programs_;
  // Others may be at work on the store, which this one would wait for.
  if (program != nullptr) {
    std::shared_ptr<Program> dropped = std::move(program);
    queue_.drop(std::move(dropped));
  }
  stopIfIdle();
}

void StoreThread::release(std::span<const std::int64_t> ids) {
  queue_.drop(std::make_shared<std::vector<SlotPtr>>(store_->release(ids)));
  stopIfIdle();
}

void StoreThread::stopIfIdle() {
  if (programs_ > 0 || outstanding_ > 0) return;
  queue_.stop();
  bytes_ = store_->bytes();
  report(bytes_);
}

void StoreThread::report(std::size_t bytes) {
  if (bytes == reported_) return;
  Napi::MemoryManagement::AdjustExternalMemory(
      env_, static_cast<std::int64_t>(bytes) - static_cast<std::int64_t>(reported_));
  reported_ = bytes;
}

}  // namespace node_cudnn
