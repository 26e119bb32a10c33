// Model and training specifications out of JavaScript objects. Throws Error(Option) for values of
// the wrong type and for indices of what is not there; all else is checked by the core.
#pragma once

#include <cstdint>

#include "core/model_spec.h"
#include "field.h"

namespace node_cudnn {

Attributes attributesFromJs(const Field& field);
// From 0 to 2^53 - 1.
std::int64_t weightIdFromJs(const Field& field);
ModelSpec modelSpecFromJs(const Field& spec);
TrainingSpec trainingSpecFromJs(const Field& spec);

}  // namespace node_cudnn
