// Convolutions with few channels a group, for which oneDNN has no vectorized code: neighbouring
// groups are taken as one group of all their channels, whose kernel has theirs on its diagonal and
// zeros elsewhere.
#pragma once

#include "lowering.h"

namespace node_cudnn::onednn {

// How many groups make one whose channels fill a vector; 1: it has to stay as it is.
// kernel: [kh,kw,C/groups,K].
std::int64_t groupsToMerge(const Shape& kernel, std::int64_t groups);

// Copies `kernel` [kh,kw,C/groups,K] into the diagonal blocks of `merged`, of which the rest is 0.
void emitBlockDiagonal(Lowering& lowering, BufferId kernel, BufferId merged,
                       const Shape& kernelShape, std::int64_t groups, std::int64_t merge);

// Copies the diagonal blocks of `merged` [kh,kw,merge*C/groups,K] into `kernel`; both row-major.
void emitDiagonal(Lowering& lowering, BufferId merged, BufferId kernel, const Shape& kernelShape,
                  std::int64_t groups, std::int64_t merge);

}  // namespace node_cudnn::onednn
