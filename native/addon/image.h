// The addon's resizeWithPad(images, shape, targetHeight, targetWidth, scale).
#pragma once

#include <napi.h>

#include "task_queue.h"

namespace node_cudnn {

// Queues the call; the promise resolves to a Float32Array.
Napi::Value resizeWithPadFromJs(const Napi::CallbackInfo& info, TaskQueue& queue);

}  // namespace node_cudnn
