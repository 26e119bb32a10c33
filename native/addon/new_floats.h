// Float32Arrays that are refused where there is no memory for them.
#pragma once

#include <napi.h>

#include <cstdint>
#include <string_view>

namespace node_cudnn {

// `count` zeros. Node-API itself ends the process when it cannot have a buffer. Throws OutOfMemory
// naming `purpose`.
Napi::Float32Array newFloats(Napi::Env env, std::int64_t count, std::string_view purpose);

}  // namespace node_cudnn
