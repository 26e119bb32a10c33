// What a specification must hold before a graph is made of it. Shapes and attributes are checked by
// the ops themselves, when they are added to a graph.
#pragma once

#include "model_spec.h"

namespace node_cudnn {

// Throws Error(Option) naming the op, weight or value: for an op that models may not name, a number
// of values or weights that it does not take, an id that is not there or comes later, two weights
// of one name.
void checkModel(const ModelSpec& spec);

// Throws Error(Option) naming the metric or the optimizer: for an op that is none, and an output
// that is not there.
void checkTraining(const ModelSpec& model, const TrainingSpec& spec);

}  // namespace node_cudnn
