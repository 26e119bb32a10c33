// philox() of core/philox.h for many blocks at once.
#pragma once

#include <cstdint>

#include "parallel.h"

namespace node_cudnn::onednn {

struct PhiloxKey {
  std::uint64_t seed;
  std::uint64_t step;
  std::uint32_t stream;
};

inline constexpr std::int64_t kPhiloxBlocks = 64;

// numbers[4 i ... 4 i + 3] = philox(seed, stream, step, blocks[i]) for kPhiloxBlocks blocks.
void philoxBlocks(InstructionSet set, const PhiloxKey& key, const std::uint64_t* blocks,
                  std::uint32_t* numbers);

}  // namespace node_cudnn::onednn
