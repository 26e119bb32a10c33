#include "value_to_js.h"

namespace node_cudnn {

namespace {

// make(env, element) for each element.
template <typename Element, typename Make>
Napi::Array arrayToJs(Napi::Env env, const std::vector<Element>& elements, Make make) {
  Napi::Array array = Napi::Array::New(env, elements.size());
  for (std::size_t i = 0; i < elements.size(); ++i) {
    array.Set(static_cast<std::uint32_t>(i), make(env, elements[i]));
  }
  return array;
}

Napi::Value resultToJs(Napi::Env env, const Result& result) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("name", result.name);
  object.Set("sum", result.sum);
  object.Set("count", result.count);
  return object;
}

Napi::Value profileToJs(Napi::Env env, const CommandProfile& profile) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("name", profile.name);
  object.Set("work", profile.work);
  object.Set("detail", profile.detail);
  object.Set("inStepMilliseconds", profile.inStepMilliseconds);
  object.Set("bareMilliseconds", profile.bareMilliseconds);
  object.Set("flops", profile.flops);
  return object;
}

Napi::Value commandToJs(Napi::Env env, const CommandDescription& command) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("name", command.name);
  object.Set("work", std::string(toString(command.work)));
  object.Set("phase", std::string(toString(command.phase)));
  object.Set("nodes", textsToJs(env, command.nodes));
  object.Set("graphKey", command.graphKey);
  object.Set("detail", command.detail);
  object.Set("launches", command.launches);
  object.Set("flops", command.flops);
  object.Set("bytesRead", command.bytesRead);
  object.Set("bytesWritten", command.bytesWritten);
  object.Set("reads", textsToJs(env, command.reads));
  object.Set("writes", textsToJs(env, command.writes));
  object.Set("output", command.output);
  object.Set("scratchBytes", static_cast<double>(command.scratchBytes));
  object.Set("matrix", command.matrix);
  return object;
}

}  // namespace

Napi::Array listToJs(Napi::Env env, const Float32Arrays& arrays, std::size_t first,
                     std::size_t count) {
  Napi::Array list = Napi::Array::New(env, count);
  for (std::size_t i = 0; i < count; ++i) {
    list.Set(static_cast<std::uint32_t>(i), arrays.at(first + i));
  }
  return list;
}

Napi::Array textsToJs(Napi::Env env, const std::vector<std::string>& texts) {
  return arrayToJs(env, texts, [](Napi::Env in, const std::string& text) {
    return Napi::String::New(in, text);
  });
}

Napi::Array resultsToJs(Napi::Env env, const std::vector<Result>& results) {
  return arrayToJs(env, results, resultToJs);
}

Napi::Array profilesToJs(Napi::Env env, const std::vector<CommandProfile>& profiles) {
  return arrayToJs(env, profiles, profileToJs);
}

Napi::Object planToJs(Napi::Env env, const PlanDescription& plan) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("commands", arrayToJs(env, plan.commands, commandToJs));
  object.Set("arenaBytes", static_cast<double>(plan.arenaBytes));
  object.Set("persistentBytes", static_cast<double>(plan.persistentBytes));
  object.Set("constants", static_cast<double>(plan.constants));
  object.Set("constantBytes", static_cast<double>(plan.constantBytes));
  object.Set("launches", plan.launches);
  object.Set("flops", plan.flops);
  object.Set("bytes", plan.bytes);
  object.Set("nonMatrixBytes", plan.nonMatrixBytes);
  object.Set("leastNonMatrixBytes", plan.leastNonMatrixBytes);
  object.Set("splits", textsToJs(env, plan.splits));
  return object;
}

}  // namespace node_cudnn
