#include <oneapi/dnnl/dnnl.h>

#include <string>

#include "addon_data.h"
#include "core/backend.h"
#include "core/op.h"
#include "core/plugin.h"
#include "error_to_js.h"
#include "field.h"
#include "image.h"
#include "keep_loaded.h"
#include "plugin_to_js.h"
#include "program.h"
#include "shuffle.h"
#include "store.h"
#include "value_to_js.h"

namespace node_cudnn {

AddonData::AddonData(Napi::Env env, Napi::Object exports)
    : completions(std::make_shared<Completions>(env)) {
  keepLoaded();
  float32Array = Napi::Persistent(env.Global().Get("Float32Array").As<Napi::Function>());
  DefineAddon(exports, {
                           InstanceMethod("setErrorClass", &AddonData::setErrorClass),
                           InstanceMethod("opTypes", &AddonData::opTypes),
                           InstanceMethod("backendNames", &AddonData::backendNames),
                           InstanceMethod("versions", &AddonData::versions),
                           InstanceMethod("loadPlugin", &AddonData::loadPlugin),
                           InstanceMethod("pluginReport", &AddonData::pluginReport),
                           InstanceMethod("liveHandles", &AddonData::countLiveHandles),
                           InstanceMethod("resizeWithPad", &AddonData::resizeWithPad),
                           InstanceMethod("shuffle", &AddonData::shuffle),
                           InstanceValue("Program", ProgramObject::define(env), napi_enumerable),
                           InstanceValue("Store", StoreObject::define(env), napi_enumerable),
                       });
}

Napi::Value AddonData::setErrorClass(const Napi::CallbackInfo& info) {
  return throwingJs(info.Env(), [&] {
    if (!info[0].IsFunction()) throw Field(info[0], "errorClass").mismatch("a class");
    errorClass = Napi::Persistent(info[0].As<Napi::Function>());
    return info.Env().Undefined();
  });
}

Napi::Value AddonData::opTypes(const Napi::CallbackInfo& info) {
  return textsToJs(info.Env(), node_cudnn::opTypes());
}

Napi::Value AddonData::backendNames(const Napi::CallbackInfo& info) {
  return textsToJs(info.Env(), node_cudnn::backendNames());
}

Napi::Value AddonData::versions(const Napi::CallbackInfo& info) {
  const dnnl_version_t* onednn = dnnl_version();
  Napi::Object versions = Napi::Object::New(info.Env());
  versions.Set("onednn", std::to_string(onednn->major) + '.' + std::to_string(onednn->minor) + '.' +
                             std::to_string(onednn->patch));
  versions.Set("napi", std::to_string(NAPI_VERSION));
  versions.Set("openmp", std::to_string(_OPENMP));
  versions.Set("compiler", __VERSION__);
  versions.Set("pluginBuild", pluginBuild());
  return versions;
}

Napi::Value AddonData::loadPlugin(const Napi::CallbackInfo& info) {
  return throwingJs(info.Env(), [&] { return loadPluginFromJs(info); });
}

Napi::Value AddonData::pluginReport(const Napi::CallbackInfo& info) {
  return rejectingJs(info.Env(), [&] {
    // A queue of its own: a driver that hangs holds up nothing else.
    if (pluginQueue_ == nullptr) pluginQueue_ = std::make_unique<TaskQueue>(completions, 0);
    return pluginReportFromJs(info, *pluginQueue_);
  });
}

Napi::Value AddonData::countLiveHandles(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), *liveHandles);
}

Napi::Value AddonData::resizeWithPad(const Napi::CallbackInfo& info) {
  return rejectingJs(info.Env(), [&] {
    if (imageQueue_ == nullptr) {
      imageQueue_ = std::make_unique<TaskQueue>(completions, computeThreadsFromEnvironment());
    }
    return resizeWithPadFromJs(info, *imageQueue_);
  });
}

Napi::Value AddonData::shuffle(const Napi::CallbackInfo& info) {
  return throwingJs(info.Env(), [&] { return shuffleFromJs(info); });
}

}  // namespace node_cudnn

using node_cudnn::AddonData;
NODE_API_ADDON(AddonData)
