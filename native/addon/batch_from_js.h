// Batches and value arrays out of JavaScript typed arrays, which are read in place: whoever holds
// the result must keep the arrays alive and unchanged.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "core/program.h"
#include "field.h"

namespace node_cudnn {

// A batch, its row indices (copied, so that a later change cannot point outside the arrays), and
// the JavaScript arrays that it reads.
struct HostBatch {
  Batch batch;
  std::vector<std::int32_t> indices;
  std::vector<Napi::Object> arrays;
};

// modelInputs name the rows in errors. Throws Error(Option) for a wrong type,
// Error(Data) for arrays that do not hold whole rows, arrays of unequal length, and rows that are
// not in them.
std::unique_ptr<HostBatch> batchFromJs(const Field& field,
                                       const std::vector<InputSpec>& modelInputs);

// All elements of an array as one row.
HostRows wholeArrayFromJs(const Field& field);

// The elements of a Float32Array of this realm or of another.
std::span<const float> floatsFromJs(const Field& field);

}  // namespace node_cudnn
