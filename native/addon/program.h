// The JavaScript class Program: a compiled model over the weights of a store.
#pragma once

#include <napi.h>

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "core/program.h"
#include "staging.h"
#include "store_thread.h"

namespace node_cudnn {

class ProgramObject : public Napi::ObjectWrap<ProgramObject> {
 public:
  static Napi::Function define(Napi::Env env);

  explicit ProgramObject(const Napi::CallbackInfo& info);
  ~ProgramObject() override;

 private:
  Napi::Value configureTraining(const Napi::CallbackInfo& info);
  Napi::Value initialize(const Napi::CallbackInfo& info);
  Napi::Value train(const Napi::CallbackInfo& info);
  Napi::Value evaluate(const Napi::CallbackInfo& info);
  Napi::Value predict(const Napi::CallbackInfo& info);
  Napi::Value gradients(const Napi::CallbackInfo& info);
  Napi::Value results(const Napi::CallbackInfo& info);
  Napi::Value getWeights(const Napi::CallbackInfo& info);
  Napi::Value setWeights(const Napi::CallbackInfo& info);
  Napi::Value getOptimizerState(const Napi::CallbackInfo& info);
  Napi::Value setOptimizerState(const Napi::CallbackInfo& info);
  Napi::Value explain(const Napi::CallbackInfo& info);
  Napi::Value plan(const Napi::CallbackInfo& info);
  Napi::Value profile(const Napi::CallbackInfo& info);
  Napi::Value dispose(const Napi::CallbackInfo& info);
  Napi::Value disposed(const Napi::CallbackInfo& info);
  Napi::Value bytes(const Napi::CallbackInfo& info);

  // Converts the arguments to what is left to do and queues that; whatever fails becomes a
  // rejection, as is the call of a disposed program.
  Napi::Value call(const Napi::CallbackInfo& info, const char* method,
                   const std::function<TaskFunction()>& convert);
  TaskFunction batchCall(const Napi::CallbackInfo& info,
                         const std::function<Outcome(Program&, const Batch&)>& compute);
  Napi::Value enqueue(const Napi::CallbackInfo& info, TaskFunction work);
  void settling(Napi::Env env);
  void freed(Napi::Env env);

  std::shared_ptr<StoreThread> store_;  // null once this is freed
  std::unique_ptr<Program> program_;    // used by the store's thread alone once a call was queued
  std::vector<InputSpec> inputs_;
  std::vector<WeightSpec> weights_;
  std::shared_ptr<Staging> staging_ = std::make_shared<Staging>();
  std::shared_ptr<int> liveHandles_;
  // Without those of the store.
  std::atomic<std::size_t> bytes_ = 0;
  std::size_t reportedBytes_ = 0;  // to the garbage collector
  std::size_t outstanding_ = 0;
  bool disposed_ = false;
};

}  // namespace node_cudnn
