#include "shuffle.h"

#include <cstdint>
#include <span>

#include "core/permutation.h"
#include "elements.h"
#include "field.h"

namespace node_cudnn {

namespace {

std::uint64_t wholeFromJs(const Field& field, std::int64_t most, const char* expected) {
  const std::int64_t value = field.integer();
  if (value < 0 || value > most) throw field.mismatch(expected);
  return static_cast<std::uint64_t>(value);
}

}  // namespace

Napi::Value shuffleFromJs(const Napi::CallbackInfo& info) {
  elementsOf(Field(info[0], "shuffle.order"), HostType::Int32, "an Int32Array");
  const std::uint64_t seed = wholeFromJs(Field(info[1], "shuffle.seed"),
                                         (std::int64_t{1} << 53) - 1, "a whole number below 2^53");
  const std::uint64_t epoch =
      wholeFromJs(Field(info[2], "shuffle.epoch"), UINT32_MAX, "a whole number below 2^32");
  auto order = info[0].As<Napi::Int32Array>();
  permutation(std::span(order.Data(), order.ElementLength()), seed,
              static_cast<std::uint32_t>(epoch));
  return info.Env().Undefined();
}

}  // namespace node_cudnn
