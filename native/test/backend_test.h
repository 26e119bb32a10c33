// The base of tests that run once on every backend.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "core/backend.h"

namespace node_cudnn::test {

class OnEveryBackend : public testing::TestWithParam<std::string> {
 protected:
  // Room for float on a backend of single precision, for rounding in the reference.
  static double near() { return GetParam() == "reference" ? 1e-6 : 2e-6; }
};

inline std::string backendOf(const testing::TestParamInfo<std::string>& info) { return info.param; }

}  // namespace node_cudnn::test
