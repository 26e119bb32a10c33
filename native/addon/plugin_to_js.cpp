#include "plugin_to_js.h"

#include <memory>

#include "field.h"
#include "plugin_loader.h"

namespace node_cudnn {

namespace {

Napi::Object deviceToJs(Napi::Env env, const DeviceReport& device) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("index", device.index);
  object.Set("name", device.name);
  object.Set("computeCapability", device.computeCapability);
  object.Set("multiprocessors", device.multiprocessors);
  object.Set("totalBytes", static_cast<double>(device.totalBytes));
  object.Set("freeBytes", static_cast<double>(device.freeBytes));
  object.Set("uuid", device.uuid);
  object.Set("properties", device.properties);
  object.Set("problem", device.problem);
  return object;
}

Napi::Object reportToJs(Napi::Env env, const PluginReport& report) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("driverVersion", report.driverVersion);
  object.Set("runtimeVersion", report.runtimeVersion);
  object.Set("builtForRuntime", report.builtForRuntime);
  object.Set("cudnnVersion", report.cudnnVersion);
  object.Set("builtForCudnn", report.builtForCudnn);
  object.Set("cudnnRuntime", report.cudnnRuntime);
  object.Set("problem", report.problem);
  object.Set("remedy", report.remedy);
  Napi::Array devices = Napi::Array::New(env, report.devices.size());
  for (std::size_t i = 0; i < report.devices.size(); ++i) {
    devices.Set(static_cast<std::uint32_t>(i), deviceToJs(env, report.devices[i]));
  }
  object.Set("devices", devices);
  return object;
}

}  // namespace

Napi::Value loadPluginFromJs(const Napi::CallbackInfo& info) {
  const Field field(info[0], "files");
  PluginFiles files;
  files.plugin = field["plugin"].text();
  for (const Field& library : field["libraries"].elements()) {
    files.libraries.push_back(library.text());
  }
  const Plugin& plugin = loadPlugin(files);
  Napi::Object identity = Napi::Object::New(info.Env());
  identity.Set("backend", plugin.backend);
  identity.Set("build", plugin.build);
  return identity;
}

Napi::Value pluginReportFromJs(const Napi::CallbackInfo& info, TaskQueue& queue) {
  auto task = std::make_unique<Task>(info.Env(), [] {
    Outcome outcome;
    outcome.value = [report = pluginReport()](Napi::Env env, const Float32Arrays&) {
      return reportToJs(env, report);
    };
    return outcome;
  });
  const Napi::Value promise = task->promise();
  queue.push(std::move(task));
  return promise;
}

}  // namespace node_cudnn
