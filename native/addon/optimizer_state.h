// A program's optimizer state between JavaScript and the core.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/program.h"
#include "elements.h"
#include "field.h"
#include "task.h"

namespace node_cudnn {

struct OptimizerState {
  std::vector<std::string> names;
  StagedFloats values;
  std::uint64_t step = 0;
};

// Reads {names, values, step}. Throws Error(Option) for wrong types, Error(Data) for wrong arrays.
OptimizerState optimizerStateFromJs(const Field& field);

// Reads the state; the outcome's value is {names, values, step}.
Outcome optimizerStateOutcome(Program& program);

// Throws Error(Format) for names that are not this optimizer's and Error(Shape) for sizes that are
// not their weights'; nothing is written then.
void writeOptimizerState(Program& program, const OptimizerState& state);

}  // namespace node_cudnn
