// The elements of JavaScript typed arrays.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/backend.h"
#include "field.h"
#include "staging.h"

namespace node_cudnn {

struct Elements {
  const void* data = nullptr;
  HostType type = HostType::Float32;
  std::int64_t count = 0;
};

// In place: they are there until JavaScript runs again. Throws Error(Data) for all but a
// Float32Array, an Int32Array and a Uint8Array, of this realm or another.
Elements elementsFromJs(const Field& field);

// As elementsFromJs(), of one type, which errors call by `expected`.
Elements elementsOf(const Field& field, HostType type, const char* expected);

// Copies of Float32Arrays.
struct StagedFloats {
  StagedBytes memory;
  std::vector<std::span<const float>> arrays;
};
StagedFloats stageFloats(const std::vector<Field>& fields);

}  // namespace node_cudnn
