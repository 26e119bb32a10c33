// Native failures as JavaScript errors.
#pragma once

#include <napi.h>

#include <exception>

namespace node_cudnn {

// An instance of the class given to setErrorClass (or of Error) with `code` and `place`. `caller`:
// an error made where the call came in, whose stack replaces the new one's; may be empty.
// JavaScript errors are returned as they are.
Napi::Value errorToJs(Napi::Env env, const std::exception_ptr& error, Napi::Value caller = {});

// Runs a synchronous function of the addon; what it throws becomes a JavaScript exception.
template <typename Function>
auto throwingJs(Napi::Env env, Function&& function) {
  try {
    return function();
  } catch (...) {
    throw Napi::Error(env, errorToJs(env, std::current_exception()));
  }
}

// Runs a function that returns a promise; what it throws becomes a rejected one.
template <typename Function>
Napi::Value rejectingJs(Napi::Env env, Function&& function) {
  try {
    return function();
  } catch (...) {
    const auto deferred = Napi::Promise::Deferred::New(env);
    deferred.Reject(errorToJs(env, std::current_exception()));
    return deferred.Promise();
  }
}

}  // namespace node_cudnn
