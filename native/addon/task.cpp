#include "task.h"

#include <algorithm>

#include "error_to_js.h"
#include "new_floats.h"

namespace node_cudnn {

namespace {

// Copying this much takes about 0.1 ms, which the event loop may wait for.
constexpr std::size_t kBytesCopiedInPlace = std::size_t{1} << 20;

}  // namespace

Task::Task(Napi::Env env, TaskFunction work) : work_(std::move(work)) {
  napi_value promise = nullptr;
  if (napi_create_promise(env, &deferred_, &promise) != napi_ok) throw Napi::Error::New(env);
  promise_ = Napi::Persistent(Napi::Object(env, promise));
  caller_ = Napi::Persistent(Napi::Error::New(env, "").Value());
}

void Task::run() noexcept {
  try {
    if (copying_) {
      copyArrays();
    } else {
      outcome_ = work_();
    }
  } catch (...) {
    error_ = std::current_exception();
  }
}

bool Task::advance(Napi::Env env) noexcept {
  const Napi::HandleScope scope(env);
  try {
    if (!error_ && !copying_ && !outcome_.arrays.empty()) {
      makeArrays(env);
      std::size_t bytes = 0;
      for (const auto& destination : destinations_) bytes += destination.size_bytes();
      if (bytes > kBytesCopiedInPlace) {
        copying_ = true;
        return false;
      }
      copyArrays();
    }
  } catch (...) {
    error_ = std::current_exception();
  }
  try {
    settle(env);
  } catch (...) {
    // The environment is being torn down: nobody is left to hear of it.
  }
  return true;
}

// Fresh arrays are zero pages that the system has not touched yet: making them costs nothing here.
void Task::makeArrays(Napi::Env env) {
  Napi::Array list = Napi::Array::New(env, outcome_.arrays.size());
  for (std::size_t i = 0; i < outcome_.arrays.size(); ++i) {
    Napi::Float32Array array =
        newFloats(env, static_cast<std::int64_t>(outcome_.arrays[i].size()), "the results");
    destinations_.emplace_back(array.Data(), array.ElementLength());
    list.Set(static_cast<std::uint32_t>(i), array);
  }
  made_ = Napi::Persistent(list.As<Napi::Object>());
}

void Task::copyArrays() {
  for (std::size_t i = 0; i < destinations_.size(); ++i) {
    std::ranges::copy(outcome_.arrays[i], destinations_[i].begin());
    std::vector<float>().swap(outcome_.arrays[i]);
  }
}

Float32Arrays Task::takeArrays(Napi::Env) {
  Float32Arrays arrays;
  if (made_.IsEmpty()) return arrays;
  const auto list = made_.Value().As<Napi::Array>();
  for (std::uint32_t i = 0; i < list.Length(); ++i) {
    arrays.push_back(list.Get(i).As<Napi::Float32Array>());
  }
  return arrays;
}

void Task::settle(Napi::Env env) {
  Napi::Value value = env.Undefined();
  if (beforeSettling) beforeSettling(env);
  if (!error_) {
    try {
      if (outcome_.value) value = outcome_.value(env, takeArrays(env));
    } catch (...) {
      error_ = std::current_exception();
    }
  }
  if (error_) {
    napi_reject_deferred(env, deferred_, errorToJs(env, error_, caller_.Value()));
  } else {
    napi_resolve_deferred(env, deferred_, value);
  }
}

}  // namespace node_cudnn
