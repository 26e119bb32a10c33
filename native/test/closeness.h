// Comparison of whole tensors, relative to the tensor's scale.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "graph_runner.h"

namespace node_cudnn::test {

// Fails unless every |actual - expected| is at most tolerance times the largest |expected|, and
// names the tensor, the worst index, both values and the share of the allowed error.
testing::AssertionResult isClose(const std::string& tensor, const Values& actual,
                                 const Values& expected, double tolerance);

}  // namespace node_cudnn::test
