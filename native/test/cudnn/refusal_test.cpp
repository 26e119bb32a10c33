// What is told of a graph that has no plan.
#include "cudnn/refusal.h"

#include <gtest/gtest.h>

#include "errors.h"

namespace node_cudnn::cudnn {
namespace {

TEST(Refusal, ShowsTheFirstTwoDifferentReasons) {
  Refusal refusal;
  EXPECT_EQ(refusal.text(0), "cuDNN has no engine for it");
  refusal.add("first");
  refusal.add("first");
  refusal.add(Refused(CUDNN_STATUS_NOT_SUPPORTED, "second"));
  refusal.add("third");
  EXPECT_EQ(refusal.text(0), "first; second");
  EXPECT_FALSE(refusal.isFailure());
}

TEST(Refusal, TellsTheLeastWorkspaceFirst) {
  Refusal refusal;
  refusal.add("other");
  refusal.addWorkspace(4096);
  refusal.addWorkspace(1024);
  refusal.addWorkspace(2048);
  const std::string text = refusal.text(512);
  EXPECT_NE(text.find("1024 bytes, option 'workspaceLimit' allows 512; other"), std::string::npos)
      << text;
}

TEST(Refusal, IsAFailureWhenNothingWasSaidOfTheGraph) {
  Refusal refusal;
  const Refused missing(CUDNN_STATUS_SUBLIBRARY_LOADING_FAILED, "no library");
  refusal.add(missing);
  refusal.add(missing);
  EXPECT_TRUE(refusal.isFailure());
  refusal.add(Refused(CUDNN_STATUS_EXECUTION_FAILED_CUDART, "no runtime"));
  EXPECT_TRUE(refusal.isFailure());
  refusal.add(Refused(CUDNN_STATUS_NOT_SUPPORTED_SHAPE, "odd channels"));
  EXPECT_FALSE(refusal.isFailure());
}

TEST(Refusal, StopsAtTheEndOfTheHostsMemory) {
  Refusal refusal;
  test::expectError(ErrorCode::OutOfMemory, {"no memory"}, [&] {
    refusal.add(Refused(CUDNN_STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED, "no memory"));
  });
}

}  // namespace
}  // namespace node_cudnn::cudnn
