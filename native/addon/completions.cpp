#include "completions.h"

#include "task_queue.h"

namespace node_cudnn {

// The clean-up hook is added after the thread-safe function has added its own, so that it runs
// first: no thread is left when the function goes away.
void Completions::open() {
  const napi_status status = napi_create_threadsafe_function(
      env_, nullptr, nullptr, Napi::String::New(env_, "node_cudnn"), 0, 1, nullptr, nullptr, this,
      [](napi_env env, napi_value, void* context, void*) {
        if (env != nullptr) static_cast<Completions*>(context)->drain();
      },
      &wake_);
  if (status != napi_ok) throw Napi::Error::New(env_, "the event loop cannot be reached");
  napi_unref_threadsafe_function(env_, wake_);
  napi_add_env_cleanup_hook(
      env_, [](void* self) { static_cast<Completions*>(self)->close(); }, this);
  closeOnExit();
}

// process.exit() in the main thread runs no clean-up hook: libraries' static objects are destroyed
// at once, under the feet of threads that still compute. The 'exit' event comes before that.
void Completions::closeOnExit() {
  const Napi::Value process = env_.Global().Get("process");
  if (!process.IsObject()) return;
  const Napi::Value once = process.As<Napi::Object>().Get("once");
  if (!once.IsFunction()) return;
  const auto listener = Napi::Function::New(env_, [this](const Napi::CallbackInfo&) { close(); });
  once.As<Napi::Function>().Call(process, {Napi::String::New(env_, "exit"), listener});
}

void Completions::begin() {
  if (wake_ == nullptr) open();
  if (pending_++ == 0) napi_ref_threadsafe_function(env_, wake_);
}

void Completions::ran(TaskQueue& queue, std::unique_ptr<Task> task) {
  const std::lock_guard lock(mutex_);
  finished_.emplace_back(&queue, std::move(task));
  // One call wakes the event loop for all that has finished by then.
  if (finished_.size() == 1) napi_call_threadsafe_function(wake_, nullptr, napi_tsfn_nonblocking);
}

void Completions::remove(TaskQueue& queue) {
  queues_.erase(&queue);
  const std::lock_guard lock(mutex_);
  std::erase_if(finished_, [&](const Entry& entry) { return entry.first == &queue; });
}

void Completions::drain() {
  std::vector<Entry> entries;
  {
    const std::lock_guard lock(mutex_);
    entries.swap(finished_);
  }
  for (auto& [queue, task] : entries) {
    if (closed_) return;
    if (task->advance(env_)) {
      if (--pending_ == 0) napi_unref_threadsafe_function(env_, wake_);
    } else {
      queue->pushFront(std::move(task));
    }
  }
}

void Completions::close() {
  closed_ = true;
  for (TaskQueue* queue : queues_) queue->stop();
  const std::lock_guard lock(mutex_);
  finished_.clear();
}

}  // namespace node_cudnn
