// The JavaScript class Store: weights that programs share, and the thread of these programs.
#pragma once

#include <napi.h>

#include <memory>

#include "field.h"
#include "store_thread.h"

namespace node_cudnn {

class StoreObject : public Napi::ObjectWrap<StoreObject> {
 public:
  static Napi::Function define(Napi::Env env);

  explicit StoreObject(const Napi::CallbackInfo& info);

  // Throws Error(Option) for anything but a Store.
  static std::shared_ptr<StoreThread> threadOf(const Field& field);

 private:
  Napi::Value read(const Napi::CallbackInfo& info);
  Napi::Value write(const Napi::CallbackInfo& info);
  Napi::Value release(const Napi::CallbackInfo& info);
  Napi::Value bytes(const Napi::CallbackInfo& info);

  std::shared_ptr<StoreThread> thread_;
};

}  // namespace node_cudnn
