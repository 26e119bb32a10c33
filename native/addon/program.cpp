#include "program.h"

#include <string>
#include <utility>

#include "addon_data.h"
#include "error_to_js.h"
#include "field.h"
#include "spec_from_js.h"
#include "store.h"

namespace node_cudnn {

namespace {

AddonData& dataOf(Napi::Env env) { return *env.GetInstanceData<AddonData>(); }

}  // namespace

Napi::Function ProgramObject::define(Napi::Env env) {
  return DefineClass(env, "Program",
                     {
                         InstanceMethod<&ProgramObject::configureTraining>("configureTraining"),
                         InstanceMethod<&ProgramObject::initialize>("initialize"),
                         InstanceMethod<&ProgramObject::train>("train"),
                         InstanceMethod<&ProgramObject::evaluate>("evaluate"),
                         InstanceMethod<&ProgramObject::predict>("predict"),
                         InstanceMethod<&ProgramObject::gradients>("gradients"),
                         InstanceMethod<&ProgramObject::results>("results"),
                         InstanceMethod<&ProgramObject::getWeights>("getWeights"),
                         InstanceMethod<&ProgramObject::setWeights>("setWeights"),
                         InstanceMethod<&ProgramObject::getOptimizerState>("getOptimizerState"),
                         InstanceMethod<&ProgramObject::setOptimizerState>("setOptimizerState"),
                         InstanceMethod<&ProgramObject::explain>("explain"),
                         InstanceMethod<&ProgramObject::plan>("plan"),
                         InstanceMethod<&ProgramObject::profile>("profile"),
                         InstanceMethod<&ProgramObject::dispose>("dispose"),
                         InstanceAccessor<&ProgramObject::disposed>("disposed"),
                         InstanceAccessor<&ProgramObject::bytes>("bytes"),
                     });
}

ProgramObject::ProgramObject(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<ProgramObject>(info), liveHandles_(dataOf(info.Env()).liveHandles) {
  throwingJs(info.Env(), [&] {
    ModelSpec spec = modelSpecFromJs(Field(info[0], "spec"));
    inputs_ = spec.inputs;
    weights_ = spec.weights;
    const Field store(info[1], "store");
    store_ = store.isAbsent()
                 ? std::make_shared<StoreThread>(info.Env(), spec.backend, spec.backendOptions)
                 : StoreObject::threadOf(store);
    program_ = std::make_unique<Program>(std::move(spec), store_->store());
  });
  store_->enter();
  ++*liveHandles_;
}

ProgramObject::~ProgramObject() { freed(Env()); }

Napi::Value ProgramObject::call(const Napi::CallbackInfo& info, const char* method,
                                const std::function<TaskFunction()>& convert) {
  return rejectingJs(info.Env(), [&] {
    if (disposed_) {
      throw Error(ErrorCode::Disposed, std::string("program.") + method,
                  "the program is disposed; make a new one");
    }
    return enqueue(info, convert());
  });
}

Napi::Value ProgramObject::enqueue(const Napi::CallbackInfo& info, TaskFunction function) {
  auto publishing = [this, work = std::move(function)] {
    const auto publishBytes = [this] { bytes_ = program_ == nullptr ? 0 : program_->ownBytes(); };
    try {
      Outcome outcome = work();
      publishBytes();
      return outcome;
    } catch (...) {
      publishBytes();
      throw;
    }
  };
  const Napi::Value promise = store_->enqueue(info.This().As<Napi::Object>(), std::move(publishing),
                                              [this](Napi::Env env) { settling(env); });
  ++outstanding_;
  return promise;
}

void ProgramObject::settling(Napi::Env env) {
  const std::size_t bytes = bytes_;
  Napi::MemoryManagement::AdjustExternalMemory(
      env, static_cast<std::int64_t>(bytes) - static_cast<std::int64_t>(reportedBytes_));
  reportedBytes_ = bytes;
  if (--outstanding_ == 0 && disposed_) freed(env);
}

void ProgramObject::freed(Napi::Env env) {
  if (store_ == nullptr) return;
  store_->leave(std::move(program_));
  store_.reset();
  staging_.reset();
  --*liveHandles_;
  Napi::MemoryManagement::AdjustExternalMemory(env, -static_cast<std::int64_t>(reportedBytes_));
  reportedBytes_ = 0;
}

Napi::Value ProgramObject::dispose(const Napi::CallbackInfo& info) {
  return rejectingJs(info.Env(), [&]() -> Napi::Value {
    if (store_ == nullptr) {
      const auto deferred = Napi::Promise::Deferred::New(info.Env());
      deferred.Resolve(info.Env().Undefined());
      return deferred.Promise();
    }
    disposed_ = true;
    return enqueue(info, [this] {
      program_.reset();
      return Outcome{};
    });
  });
}

Napi::Value ProgramObject::disposed(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), disposed_);
}

Napi::Value ProgramObject::bytes(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(),
                           static_cast<double>(reportedBytes_ + (store_ ? store_->bytes() : 0)));
}

}  // namespace node_cudnn
