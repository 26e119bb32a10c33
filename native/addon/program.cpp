#include "program.h"

#include <span>
#include <string>
#include <utility>

#include "addon_data.h"
#include "batch_from_js.h"
#include "error_to_js.h"
#include "field.h"
#include "spec_from_js.h"
#include "value_to_js.h"

namespace node_cudnn {

namespace {

AddonData& dataOf(Napi::Env env) { return *env.GetInstanceData<AddonData>(); }

Mode modeFromJs(const Field& field) {
  const std::string text = field.text();
  if (text == "predict") return Mode::Predict;
  if (text == "evaluate") return Mode::Evaluate;
  if (text == "train") return Mode::Train;
  throw field.mismatch("'predict', 'evaluate' or 'train'");
}

Outcome listOutcome(std::vector<std::vector<float>> arrays) {
  Outcome outcome;
  outcome.arrays = std::move(arrays);
  outcome.value = [](Napi::Env env, const Float32Arrays& made) {
    return listToJs(env, made, 0, made.size());
  };
  return outcome;
}

Outcome gradientsOutcome(GradientValues gradients) {
  const std::size_t inputs = gradients.inputs.size();
  Outcome outcome;
  outcome.arrays = std::move(gradients.inputs);
  for (auto& values : gradients.weights) outcome.arrays.push_back(std::move(values));
  outcome.value = [inputs](Napi::Env env, const Float32Arrays& made) {
    Napi::Object object = Napi::Object::New(env);
    object.Set("inputs", listToJs(env, made, 0, inputs));
    object.Set("weights", listToJs(env, made, inputs, made.size() - inputs));
    return object;
  };
  return outcome;
}

Outcome optimizerStateOutcome(Program& program) {
  std::vector<std::string> names = program.optimizerStateNames();
  Outcome outcome;
  for (std::size_t i = 0; i < names.size(); ++i) {
    outcome.arrays.push_back(program.readOptimizerState(i));
  }
  outcome.value = [names = std::move(names), step = program.step()](Napi::Env env,
                                                                    const Float32Arrays& made) {
    Napi::Object object = Napi::Object::New(env);
    object.Set("names", textsToJs(env, names));
    object.Set("values", listToJs(env, made, 0, made.size()));
    object.Set("step", static_cast<double>(step));
    return object;
  };
  return outcome;
}

struct OptimizerState {
  std::vector<std::string> names;
  std::vector<std::span<const float>> values;
  std::uint64_t step = 0;
};

// State is named "<weight>/<part>" and has as many elements as its weight.
std::int64_t stateElements(const Program& program, const std::string& name) {
  const std::string weight = name.substr(0, name.rfind('/'));
  for (std::size_t i = 0; i < program.weightCount(); ++i) {
    if (program.weight(i).name == weight) return elementCount(program.weight(i).shape);
  }
  throw Error(ErrorCode::Internal, "optimizer state '" + name + "'", "it has no weight");
}

// Nothing is written unless every name is this optimizer's and every size is its weight's.
void writeOptimizerState(Program& program, const OptimizerState& state) {
  const std::vector<std::string> known = program.optimizerStateNames();
  if (state.names != known) {
    std::string expected;
    for (const std::string& name : known) expected += (expected.empty() ? "" : ", ") + name;
    throw Error(ErrorCode::Format, "optimizer state",
                "expected the tensors [" + expected + "], got " +
                    std::to_string(state.names.size()) +
                    " tensors of another optimizer or model; compile with the optimizer that the "
                    "state was saved from");
  }
  for (std::size_t i = 0; i < known.size(); ++i) {
    const std::int64_t expected = stateElements(program, known[i]);
    if (static_cast<std::int64_t>(state.values[i].size()) != expected) {
      throw Error(ErrorCode::Shape, "optimizer state '" + known[i] + "'",
                  "expected " + std::to_string(expected) + " values, got " +
                      std::to_string(state.values[i].size()));
    }
  }
  for (std::size_t i = 0; i < known.size(); ++i) program.writeOptimizerState(i, state.values[i]);
  program.setStep(state.step);
}

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
                         InstanceMethod<&ProgramObject::profile>("profile"),
                         InstanceMethod<&ProgramObject::dispose>("dispose"),
                         InstanceAccessor<&ProgramObject::disposed>("disposed"),
                         InstanceAccessor<&ProgramObject::bytes>("bytes"),
                     });
}

ProgramObject::ProgramObject(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<ProgramObject>(info),
      liveHandles_(dataOf(info.Env()).liveHandles),
      queue_(dataOf(info.Env()).completions,
             throwingJs(info.Env(), [] { return computeThreadsFromEnvironment(); })) {
  throwingJs(info.Env(), [&] {
    ModelSpec spec = modelSpecFromJs(Field(info[0], "spec"));
    for (const InputSpec& input : spec.inputs) inputShapes_.push_back(input.shape);
    weights_ = spec.weights;
    program_ = std::make_unique<Program>(std::move(spec));
  });
  ++*liveHandles_;
}

ProgramObject::~ProgramObject() {
  queue_.stop();
  if (program_ != nullptr) freed(Env());
}

Napi::Value ProgramObject::call(const Napi::CallbackInfo& info, const char* method,
                                const std::function<Call()>& convert) {
  return rejectingJs(info.Env(), [&] {
    if (disposed_) {
      throw Error(ErrorCode::Disposed, std::string("program.") + method,
                  "the program is disposed; make a new one");
    }
    return enqueue(info, convert());
  });
}

Napi::Value ProgramObject::enqueue(const Napi::CallbackInfo& info, Call converted) {
  auto task = std::make_unique<Task>(info.Env(), [this, work = std::move(converted.work)] {
    const auto publishBytes = [this] { bytes_ = program_ == nullptr ? 0 : program_->bytes(); };
    try {
      Outcome outcome = work();
      publishBytes();
      return outcome;
    } catch (...) {
      publishBytes();
      throw;
    }
  });
  task->pin(info.This().As<Napi::Object>());
  for (const Napi::Object& array : converted.arrays) task->pin(array);
  task->beforeSettling = [this](Napi::Env env) { settling(env); };
  const Napi::Value promise = task->promise();
  queue_.push(std::move(task));
  ++outstanding_;
  return promise;
}

void ProgramObject::settling(Napi::Env env) {
  const std::size_t bytes = bytes_;
  Napi::MemoryManagement::AdjustExternalMemory(
      env, static_cast<std::int64_t>(bytes) - static_cast<std::int64_t>(reportedBytes_));
  reportedBytes_ = bytes;
  if (--outstanding_ == 0 && disposed_) {
    queue_.stop();
    freed(env);
  }
}

void ProgramObject::freed(Napi::Env env) {
  if (freed_) return;
  freed_ = true;
  program_.reset();
  --*liveHandles_;
  Napi::MemoryManagement::AdjustExternalMemory(env, -static_cast<std::int64_t>(reportedBytes_));
  reportedBytes_ = 0;
}

ProgramObject::Call ProgramObject::batchCall(
    const Napi::CallbackInfo& info, const std::function<Outcome(Program&, const Batch&)>& compute) {
  const std::shared_ptr<HostBatch> host = batchFromJs(Field(info[0], "batch"), inputShapes_);
  Call converted;
  converted.arrays = std::move(host->arrays);
  converted.work = [this, host, compute] { return compute(*program_, host->batch); };
  return converted;
}

Napi::Value ProgramObject::configureTraining(const Napi::CallbackInfo& info) {
  return call(info, "configureTraining", [&]() -> Call {
    TrainingSpec spec = trainingSpecFromJs(Field(info[0], "spec"));
    return {[this, spec = std::move(spec)] {
      program_->configureTraining(spec);
      return Outcome{};
    }};
  });
}

Napi::Value ProgramObject::initialize(const Napi::CallbackInfo& info) {
  return call(info, "initialize", [&]() -> Call {
    return {[this] {
      program_->initialize();
      return Outcome{};
    }};
  });
}

Napi::Value ProgramObject::train(const Napi::CallbackInfo& info) {
  return call(info, "train", [&] {
    const auto learningRate = static_cast<float>(Field(info[1], "learningRate").number());
    return batchCall(info, [learningRate](Program& program, const Batch& batch) {
      program.train(batch, learningRate);
      return Outcome{};
    });
  });
}

Napi::Value ProgramObject::evaluate(const Napi::CallbackInfo& info) {
  return call(info, "evaluate", [&] {
    return batchCall(info, [](Program& program, const Batch& batch) {
      program.evaluate(batch);
      return Outcome{};
    });
  });
}

Napi::Value ProgramObject::predict(const Napi::CallbackInfo& info) {
  return call(info, "predict", [&] {
    return batchCall(info, [](Program& program, const Batch& batch) {
      return listOutcome(program.predict(batch));
    });
  });
}

Napi::Value ProgramObject::gradients(const Napi::CallbackInfo& info) {
  return call(info, "gradients", [&] {
    return batchCall(info, [](Program& program, const Batch& batch) {
      return gradientsOutcome(program.gradients(batch));
    });
  });
}

Napi::Value ProgramObject::results(const Napi::CallbackInfo& info) {
  return call(info, "results", [&]() -> Call {
    const bool reset = Field(info[0], "reset").boolean();
    return {[this, reset] {
      Outcome outcome;
      outcome.value = [results = program_->results(reset)](Napi::Env env, const Float32Arrays&) {
        return resultsToJs(env, results);
      };
      return outcome;
    }};
  });
}

Napi::Value ProgramObject::getWeights(const Napi::CallbackInfo& info) {
  return call(info, "getWeights", [&]() -> Call {
    return {[this] {
      std::vector<std::vector<float>> values;
      for (std::size_t i = 0; i < program_->weightCount(); ++i) {
        values.push_back(program_->readWeight(i));
      }
      return listOutcome(std::move(values));
    }};
  });
}

Napi::Value ProgramObject::setWeights(const Napi::CallbackInfo& info) {
  return call(info, "setWeights", [&] {
    const std::vector<Field> fields = Field(info[0], "values").elements();
    if (fields.size() != weights_.size()) {
      throw Error(ErrorCode::Shape, "values",
                  "expected " + std::to_string(weights_.size()) +
                      " arrays, one for each weight, got " + std::to_string(fields.size()));
    }
    Call converted;
    std::vector<std::pair<std::size_t, std::span<const float>>> writes;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (fields[i].isAbsent()) continue;
      const std::span<const float> values = floatsFromJs(fields[i]);
      if (static_cast<std::int64_t>(values.size()) != elementCount(weights_[i].shape)) {
        throw Error(ErrorCode::Shape, "weight '" + weights_[i].name + "'",
                    "expected " + std::to_string(elementCount(weights_[i].shape)) +
                        " values of shape " + toString(weights_[i].shape) + ", got " +
                        std::to_string(values.size()));
      }
      writes.emplace_back(i, values);
      converted.arrays.push_back(fields[i].value().As<Napi::Object>());
    }
    converted.work = [this, writes = std::move(writes)] {
      for (const auto& [index, values] : writes) program_->writeWeight(index, values);
      return Outcome{};
    };
    return converted;
  });
}

Napi::Value ProgramObject::getOptimizerState(const Napi::CallbackInfo& info) {
  return call(info, "getOptimizerState",
              [&]() -> Call { return {[this] { return optimizerStateOutcome(*program_); }}; });
}

Napi::Value ProgramObject::setOptimizerState(const Napi::CallbackInfo& info) {
  return call(info, "setOptimizerState", [&] {
    const Field field(info[0], "state");
    Call converted;
    OptimizerState state;
    for (const Field& name : field["names"].elements()) state.names.push_back(name.text());
    for (const Field& values : field["values"].elements()) {
      state.values.push_back(floatsFromJs(values));
      converted.arrays.push_back(values.value().As<Napi::Object>());
    }
    const std::int64_t step = field["step"].integer();
    if (step < 0) throw field["step"].mismatch("a whole number from 0 on");
    state.step = static_cast<std::uint64_t>(step);
    if (state.names.size() != state.values.size()) {
      throw Error(ErrorCode::Option, "state",
                  "expected as many values as names (" + std::to_string(state.names.size()) +
                      "), got " + std::to_string(state.values.size()));
    }
    converted.work = [this, state = std::move(state)] {
      writeOptimizerState(*program_, state);
      return Outcome{};
    };
    return converted;
  });
}

Napi::Value ProgramObject::explain(const Napi::CallbackInfo& info) {
  return call(info, "explain", [&]() -> Call {
    const Mode mode = modeFromJs(Field(info[0], "mode"));
    const std::int64_t batchSize = Field(info[1], "batchSize").integer();
    return {[this, mode, batchSize] {
      Outcome outcome;
      outcome.value = [text = program_->explain(mode, batchSize)](Napi::Env env,
                                                                  const Float32Arrays&) {
        return Napi::String::New(env, text);
      };
      return outcome;
    }};
  });
}

Napi::Value ProgramObject::profile(const Napi::CallbackInfo& info) {
  return call(info, "profile", [&] {
    const Field repeats(info[1], "repeats");
    const std::int64_t count = repeats.integer();
    if (count < 1 || count > 1'000'000) throw repeats.mismatch("a whole number from 1 to 1000000");
    return batchCall(info, [count](Program& program, const Batch& batch) {
      Outcome outcome;
      outcome.value = [profiles = program.profile(batch, static_cast<int>(count))](
                          Napi::Env env, const Float32Arrays&) {
        return profilesToJs(env, profiles);
      };
      return outcome;
    });
  });
}

Napi::Value ProgramObject::dispose(const Napi::CallbackInfo& info) {
  return rejectingJs(info.Env(), [&]() -> Napi::Value {
    if (freed_) {
      const auto deferred = Napi::Promise::Deferred::New(info.Env());
      deferred.Resolve(info.Env().Undefined());
      return deferred.Promise();
    }
    disposed_ = true;
    return enqueue(info, {[this] {
                     program_.reset();
                     return Outcome{};
                   }});
  });
}

Napi::Value ProgramObject::disposed(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), disposed_);
}

Napi::Value ProgramObject::bytes(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(reportedBytes_));
}

}  // namespace node_cudnn
