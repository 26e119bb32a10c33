// The calls of a Program: each converts its arguments and says what its thread does with them.
#include <memory>
#include <string>
#include <utility>

#include "batch_from_js.h"
#include "elements.h"
#include "field.h"
#include "optimizer_state.h"
#include "program.h"
#include "spec_from_js.h"
#include "value_to_js.h"

namespace node_cudnn {

namespace {

Mode modeFromJs(const Field& field) {
  const std::string text = field.text();
  if (text == "predict") return Mode::Predict;
  if (text == "evaluate") return Mode::Evaluate;
  if (text == "train") return Mode::Train;
  throw field.mismatch("'predict', 'evaluate' or 'train'");
}

// Absent: the training's.
RunId runFromJs(const Field& field) {
  if (field.isAbsent()) return kTraining;
  const std::int64_t run = field.integer();
  if (run < 0 || run > kLastRun) {
    throw field.mismatch("a whole number from 0 to " + std::to_string(kLastRun));
  }
  return static_cast<RunId>(run);
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

void requireElements(const Field& field, const WeightSpec& weight) {
  const Elements elements = elementsOf(field, HostType::Float32, "a Float32Array");
  if (elements.count == elementCount(weight.shape)) return;
  throw Error(ErrorCode::Shape, "weight '" + weight.name + "'",
              "expected " + std::to_string(elementCount(weight.shape)) + " values of shape " +
                  toString(weight.shape) + ", got " + std::to_string(elements.count));
}

}  // namespace

TaskFunction ProgramObject::batchCall(
    const Napi::CallbackInfo& info, const std::function<Outcome(Program&, const Batch&)>& compute) {
  const std::shared_ptr<HostBatch> host = batchFromJs(Field(info[0], "batch"), inputs_, *staging_);
  return [this, host, compute] { return compute(*program_, host->batch); };
}

Napi::Value ProgramObject::configureTraining(const Napi::CallbackInfo& info) {
  return call(info, "configureTraining", [&]() -> TaskFunction {
    TrainingSpec spec = trainingSpecFromJs(Field(info[0], "spec"));
    return [this, spec = std::move(spec)] {
      program_->configureTraining(spec);
      return Outcome{};
    };
  });
}

Napi::Value ProgramObject::initialize(const Napi::CallbackInfo& info) {
  return call(info, "initialize", [&]() -> TaskFunction {
    return [this] {
      program_->initialize();
      return Outcome{};
    };
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
    const RunId run = runFromJs(Field(info[1], "run"));
    return batchCall(info, [run](Program& program, const Batch& batch) {
      program.evaluate(batch, run);
      return Outcome{};
    });
  });
}

Napi::Value ProgramObject::predict(const Napi::CallbackInfo& info) {
  return call(info, "predict", [&] {
    const Field field(info[1], "training");
    const bool training = !field.isAbsent() && field.boolean();
    return batchCall(info, [training](Program& program, const Batch& batch) {
      return listOutcome(program.predict(batch, training));
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
  return call(info, "results", [&]() -> TaskFunction {
    const bool reset = Field(info[0], "reset").boolean();
    const RunId run = runFromJs(Field(info[1], "run"));
    return [this, reset, run] {
      Outcome outcome;
      outcome.value = [results = program_->results(reset, run)](Napi::Env env,
                                                                const Float32Arrays&) {
        return resultsToJs(env, results);
      };
      return outcome;
    };
  });
}

Napi::Value ProgramObject::getWeights(const Napi::CallbackInfo& info) {
  return call(info, "getWeights", [&]() -> TaskFunction {
    return [this] {
      std::vector<std::vector<float>> values;
      for (std::size_t i = 0; i < program_->weightCount(); ++i) {
        values.push_back(program_->readWeight(i));
      }
      return listOutcome(std::move(values));
    };
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
    std::vector<std::size_t> given;
    std::vector<Field> arrays;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (fields[i].isAbsent()) continue;
      requireElements(fields[i], weights_[i]);
      given.push_back(i);
      arrays.push_back(fields[i]);
    }
    const auto values = std::make_shared<const StagedFloats>(stageFloats(arrays));
    return TaskFunction([this, given, values] {
      for (std::size_t i = 0; i < given.size(); ++i) {
        program_->writeWeight(given[i], values->arrays[i]);
      }
      return Outcome{};
    });
  });
}

Napi::Value ProgramObject::getOptimizerState(const Napi::CallbackInfo& info) {
  return call(info, "getOptimizerState", [&]() -> TaskFunction {
    return [this] { return optimizerStateOutcome(*program_); };
  });
}

Napi::Value ProgramObject::setOptimizerState(const Napi::CallbackInfo& info) {
  return call(info, "setOptimizerState", [&] {
    const auto state =
        std::make_shared<const OptimizerState>(optimizerStateFromJs(Field(info[0], "state")));
    return TaskFunction([this, state] {
      writeOptimizerState(*program_, *state);
      return Outcome{};
    });
  });
}

Napi::Value ProgramObject::explain(const Napi::CallbackInfo& info) {
  return call(info, "explain", [&]() -> TaskFunction {
    const Mode mode = modeFromJs(Field(info[0], "mode"));
    const std::int64_t batchSize = Field(info[1], "batchSize").integer();
    return [this, mode, batchSize] {
      Outcome outcome;
      outcome.value = [text = program_->explain(mode, batchSize)](Napi::Env env,
                                                                  const Float32Arrays&) {
        return Napi::String::New(env, text);
      };
      return outcome;
    };
  });
}

Napi::Value ProgramObject::plan(const Napi::CallbackInfo& info) {
  return call(info, "plan", [&]() -> TaskFunction {
    const Mode mode = modeFromJs(Field(info[0], "mode"));
    const std::int64_t batchSize = Field(info[1], "batchSize").integer();
    return [this, mode, batchSize] {
      Outcome outcome;
      outcome.value = [plan = program_->describe(mode, batchSize)](
                          Napi::Env env, const Float32Arrays&) { return planToJs(env, plan); };
      return outcome;
    };
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

}  // namespace node_cudnn
