// Puts the cuda backend among those that the tests and the fuzzer try, on device 0.
#include <string>

#include "../device_precision.h"
#include "core/backend.h"
#include "cudnn/backend.h"

namespace node_cudnn::test {

namespace {

std::unique_ptr<Backend> make(const Attributes& given) {
  Attributes options = given;
  if (!options.has("precision")) options.set("precision", std::string(devicePrecision()));
  if (!options.has("planCache")) options.set("planCache", planCacheFolder());
  return cudnn::makeCudnnBackend(options);
}

const RegisteredBackend registered{"cuda", make};

}  // namespace

}  // namespace node_cudnn::test
