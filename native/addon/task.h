// One call that returned a promise: its work runs on a queue's thread, the rest on the JavaScript
// thread.
#pragma once

#include <napi.h>

#include <exception>
#include <functional>
#include <span>
#include <vector>

namespace node_cudnn {

using Float32Arrays = std::vector<Napi::Float32Array>;

// What a call's work leaves for the JavaScript thread.
struct Outcome {
  // Become Float32Arrays; many bytes are copied into them on the queue's thread.
  std::vector<std::vector<float>> arrays = {};
  // Makes the promise's value of the arrays. Empty: undefined.
  std::function<Napi::Value(Napi::Env, const Float32Arrays&)> value = {};
};
using TaskFunction = std::function<Outcome()>;

class Task {
 public:
  // Remembers the JavaScript stack of the call that it is made in.
  Task(Napi::Env env, TaskFunction work);

  Napi::Value promise() const { return promise_.Value(); }
  // Keeps an object alive until the task is gone.
  void pin(Napi::Object object) { pins_.push_back(Napi::Persistent(object)); }

  // On the queue's thread.
  void run() noexcept;

  // On the JavaScript thread, after each run. True: the promise is settled. False: the task must
  // run again, next.
  bool advance(Napi::Env env) noexcept;

  // On the JavaScript thread, just before the promise is settled.
  std::function<void(Napi::Env)> beforeSettling;

 private:
  void makeArrays(Napi::Env env);
  void copyArrays();
  Float32Arrays takeArrays(Napi::Env env);
  void settle(Napi::Env env);

  TaskFunction work_;
  Outcome outcome_;
  std::exception_ptr error_;
  bool copying_ = false;
  std::vector<std::span<float>> destinations_;
  Napi::ObjectReference made_;  // the array of arrays being filled
  napi_deferred deferred_ = nullptr;
  Napi::ObjectReference promise_;
  Napi::ObjectReference caller_;
  std::vector<Napi::ObjectReference> pins_;
};

}  // namespace node_cudnn
