// The order in which an epoch visits its rows.
#pragma once

#include <cstdint>
#include <span>

namespace node_cudnn {

// Fills `order` with 0 to its size - 1, shuffled (Fisher-Yates). It depends on the seed and the
// epoch alone, so that a resumed run visits the rows as an uninterrupted one does.
void permutation(std::span<std::int32_t> order, std::uint64_t seed, std::uint32_t epoch);

}  // namespace node_cudnn
