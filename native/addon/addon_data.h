// What one JavaScript environment (the main thread, a worker thread) has of this addon.
#pragma once

#include <napi.h>

#include <memory>

#include "completions.h"
#include "task_queue.h"

namespace node_cudnn {

class AddonData : public Napi::Addon<AddonData> {
 public:
  AddonData(Napi::Env env, Napi::Object exports);

  Napi::FunctionReference errorClass;
  Napi::FunctionReference float32Array;  // the class
  // Shared with the programs, which the environment may free after this object.
  std::shared_ptr<Completions> completions;
  std::shared_ptr<int> liveHandles = std::make_shared<int>(0);

 private:
  Napi::Value setErrorClass(const Napi::CallbackInfo& info);
  Napi::Value opTypes(const Napi::CallbackInfo& info);
  Napi::Value backendNames(const Napi::CallbackInfo& info);
  Napi::Value versions(const Napi::CallbackInfo& info);
  Napi::Value loadPlugin(const Napi::CallbackInfo& info);
  Napi::Value pluginReport(const Napi::CallbackInfo& info);
  Napi::Value countLiveHandles(const Napi::CallbackInfo& info);
  Napi::Value resizeWithPad(const Napi::CallbackInfo& info);
  Napi::Value shuffle(const Napi::CallbackInfo& info);

  std::unique_ptr<TaskQueue> imageQueue_;
  std::unique_ptr<TaskQueue> pluginQueue_;
};

}  // namespace node_cudnn
