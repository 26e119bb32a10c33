// Test values, the same in every run: exact in float, so that every backend gets the same numbers.
#pragma once

#include <cstdint>

#include "core/shape.h"
#include "graph_runner.h"

namespace node_cudnn::test {

enum class Kind {
  Normal,    // mean 0, deviation 1
  Positive,  // in [0.5, 1.5)
  Distinct,  // no two within 0.01, in shuffled order: maxima without ties
  Ties,      // whole numbers from 0 to 3: maxima with many ties
};

Values makeValues(const Shape& shape, Kind kind, std::uint32_t seed);

// Whole numbers below `classes`.
Values makeLabels(std::int64_t count, std::int64_t classes, std::uint32_t seed);

}  // namespace node_cudnn::test
