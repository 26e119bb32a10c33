// Initial weights from Philox numbers: the same on every backend.
#pragma once

#include <cstdint>
#include <span>

#include "model_spec.h"

namespace node_cudnn {

// Fills values by the initializer's kind. The numbers come from seed, where stream keeps the
// weights of one model apart, or from the initializer's own seed: equal seeds then give weights of
// one shape equal values, in every model. Throws Error(Option) for an unknown kind.
void initializeValues(const InitializerSpec& initializer, std::uint64_t seed, std::uint32_t stream,
                      std::span<float> values);

}  // namespace node_cudnn
