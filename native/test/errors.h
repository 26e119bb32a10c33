// Expectations about typed errors.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "core/error.h"

namespace node_cudnn::test {

// Fails unless `action` throws an Error of this code whose text has all the words.
inline void expectError(ErrorCode code, const std::vector<std::string>& words,
                        const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(toString(error.code()), toString(code)) << error.what();
    for (const std::string& word : words) {
      EXPECT_NE(std::string(error.what()).find(word), std::string::npos)
          << "'" << word << "' is missing from: " << error.what();
    }
    return;
  }
  ADD_FAILURE() << "expected " << toString(code) << ", nothing was thrown";
}

}  // namespace node_cudnn::test
