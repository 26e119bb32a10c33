// Batches out of JavaScript typed arrays.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/program.h"
#include "field.h"
#include "staging.h"

namespace node_cudnn {

// A batch whose arrays are copies of its rows, and where the rows came from, for errors.
struct HostBatch {
  Batch batch;
  std::vector<std::int32_t> indices;
  StagedBytes memory;
};

// modelInputs name the rows in errors. Throws Error(Option) for a wrong type,
// Error(Data) for arrays that do not hold whole rows, arrays of unequal length, and rows that are
// not in them.
std::unique_ptr<HostBatch> batchFromJs(const Field& field,
                                       const std::vector<InputSpec>& modelInputs, Staging& staging);

}  // namespace node_cudnn
