// The addon's loadPlugin(files) and pluginReport().
#pragma once

#include <napi.h>

#include "task_queue.h"

namespace node_cudnn {

// files: {plugin, libraries}; returns {backend, build}.
Napi::Value loadPluginFromJs(const Napi::CallbackInfo& info);
// Queues the call; the promise resolves to the PluginReport as an object.
Napi::Value pluginReportFromJs(const Napi::CallbackInfo& info, TaskQueue& queue);

}  // namespace node_cudnn
