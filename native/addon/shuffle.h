// The addon's shuffle(order, seed, epoch).
#pragma once

#include <napi.h>

namespace node_cudnn {

// Fills an Int32Array at once.
Napi::Value shuffleFromJs(const Napi::CallbackInfo& info);

}  // namespace node_cudnn
