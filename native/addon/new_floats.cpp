#include "new_floats.h"

#include <string>

#include "addon_data.h"
#include "core/host_memory.h"

namespace node_cudnn {

Napi::Float32Array newFloats(Napi::Env env, std::int64_t count, std::string_view purpose) {
  const std::size_t bytes = static_cast<std::size_t>(count) * sizeof(float);
  requireHostMemory(bytes, purpose);
  try {
    return env.GetInstanceData<AddonData>()
        ->float32Array.New({Napi::Number::New(env, static_cast<double>(count))})
        .As<Napi::Float32Array>();
  } catch (const Napi::Error&) {
    refuseHostMemory(bytes, freeHostMemory(), purpose);
  }
}

}  // namespace node_cudnn
