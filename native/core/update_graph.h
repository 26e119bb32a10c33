// The end of a training graph: penalties, the norms that guard the update, and the optimizer.
#pragma once

#include <vector>

#include "model_graph.h"
#include "slot_table.h"

namespace node_cudnn {

// Adds the persistent {sum, count} pair of a result.
TensorId addAccumulator(ModelGraph& model, const SlotTable& slots, std::size_t result);

// Adds every penalized weight's penalty to the accumulator, once for each sample, so that its mean
// is over samples as the loss's; and, unless null, to the gradients (one for each weight, kNoTensor
// where there is none).
void addPenalties(ModelGraph& model, const ModelSpec& spec, const SlotTable& slots,
                  std::int64_t samples, std::vector<TensorId>* gradients);

// Adds the norms, the moving statistics of batch normalization and the optimizer.
void addUpdates(ModelGraph& model, const ModelSpec& spec, const TrainingSpec& training,
                const SlotTable& slots, const std::vector<TensorId>& gradients);

}  // namespace node_cudnn
