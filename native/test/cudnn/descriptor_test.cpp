// Owning a descriptor of the library, reading it back, and what is told when the library refuses.
#include "cudnn/descriptor.h"

#include <gtest/gtest.h>

#include <array>
#include <utility>

#include "cudnn/status.h"
#include "errors.h"

namespace node_cudnn::cudnn {
namespace {

Descriptor tensor(std::array<std::int64_t, 4> dims) {
  Descriptor made(CUDNN_BACKEND_TENSOR_DESCRIPTOR);
  const cudnnDataType_t type = CUDNN_DATA_FLOAT;
  made.set(CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_TYPE_DATA_TYPE, 1, &type);
  made.setIntegers(CUDNN_ATTR_TENSOR_DIMENSIONS, dims);
  made.setIntegers(CUDNN_ATTR_TENSOR_STRIDES, dims);
  made.setInteger(CUDNN_ATTR_TENSOR_UNIQUE_ID, 7);
  made.setInteger(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, 16);
  return made;
}

std::string refusalOf(const std::function<void()>& action) {
  try {
    action();
  } catch (const Refused& refused) {
    EXPECT_NE(refused.status(), CUDNN_STATUS_SUCCESS);
    return refused.what();
  }
  ADD_FAILURE() << "nothing was refused";
  return "";
}

TEST(Descriptor, ReadsBackWhatWasSet) {
  Descriptor made = tensor({2, 3, 5, 7});
  made.finalize();
  EXPECT_EQ(made.integer(CUDNN_ATTR_TENSOR_UNIQUE_ID), 7);
  EXPECT_EQ(made.integers(CUDNN_ATTR_TENSOR_DIMENSIONS), (std::vector<std::int64_t>{2, 3, 5, 7}));
  EXPECT_EQ(made.integers(CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_TYPE_DATA_TYPE),
            (std::vector<std::int64_t>{CUDNN_DATA_FLOAT}));
}

TEST(Descriptor, HasOneOwner) {
  Descriptor first = tensor({2, 3, 5, 7});
  const cudnnBackendDescriptor_t raw = first.get();
  Descriptor second = std::move(first);
  EXPECT_EQ(second.get(), raw);
  EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move)
  Descriptor third;
  EXPECT_FALSE(third);
  third = std::move(second);
  EXPECT_EQ(third.get(), raw);
  third.finalize();
}

TEST(Descriptor, NamesTheCallTheAttributeTheStatusAndTheReason) {
  Descriptor made(CUDNN_BACKEND_TENSOR_DESCRIPTOR);
  const std::string set =
      refusalOf([&] { made.setInteger(CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, 2); });
  EXPECT_NE(set.find("set attribute 106"), std::string::npos) << set;
  EXPECT_NE(set.find("CUDNN_STATUS_BAD_PARAM"), std::string::npos) << set;
  const std::string finalize = refusalOf([&] { made.finalize(); });
  EXPECT_NE(finalize.find("at least 1 dimension"), std::string::npos) << finalize;
  const std::string get = refusalOf([&] { made.integer(CUDNN_ATTR_TENSOR_UNIQUE_ID); });
  EXPECT_NE(get.find("get attribute 906"), std::string::npos) << get;
  EXPECT_NE(get.find("CUDNN_STATUS_NOT_INITIALIZED"), std::string::npos) << get;
}

TEST(Descriptor, ForgetsTheReasonOfAnEarlierRefusal) {
  Descriptor made(CUDNN_BACKEND_TENSOR_DESCRIPTOR);
  refusalOf([&] { made.finalize(); });
  EXPECT_EQ(lastReason(), "");
}

TEST(Status, FindsTheTellingLineAmongThoseThatPassAFailureOn) {
  EXPECT_EQ(tellingReason("{\"engineId\":3,\"smVersion\":750}\n"
                          "Warning: CUDNN_STATUS_NOT_SUPPORTED; Reason: kernelGeneration()\n"
                          "Warning: CUDNN_STATUS_NOT_SUPPORTED_DATA_TYPE; Reason: no such type "
                          "at: type == CUDNN_DATA_FLOAT\n"
                          "Warning: CUDNN_STATUS_NOT_SUPPORTED_DATA_TYPE; Reason: check()\n"),
            "CUDNN_STATUS_NOT_SUPPORTED_DATA_TYPE: no such type");
}

TEST(Status, PrefersTheGraphsFaultToAnEnginesPurpose) {
  EXPECT_EQ(tellingReason("Warning: CUDNN_STATUS_NOT_SUPPORTED_ARCH_MISMATCH; Reason: This engine "
                          "is only supported since Hopper\n"
                          "Warning: CUDNN_STATUS_NOT_SUPPORTED_ARCH_MISMATCH; Reason: is_bf16 && "
                          "old\n"),
            "CUDNN_STATUS_NOT_SUPPORTED_ARCH_MISMATCH: is_bf16 && old");
}

TEST(Status, PrefersTheTypeThatADeviceLacksToAnEnginesShapes) {
  EXPECT_EQ(tellingReason("Warning: CUDNN_STATUS_NOT_SUPPORTED_SHAPE; Reason: odd channels\n"
                          "Warning: CUDNN_STATUS_NOT_SUPPORTED_DATA_TYPE; Reason: bf16 < 800\n"),
            "CUDNN_STATUS_NOT_SUPPORTED_DATA_TYPE: bf16 < 800");
}

TEST(Status, KeepsAReasonToALine) {
  EXPECT_EQ(tellingReason(""), "");
  EXPECT_EQ(tellingReason("a < b at: here\n"), "a < b");
  const std::string text = tellingReason(std::string(5000, 'x'));
  EXPECT_LT(text.size(), 300U);
  EXPECT_TRUE(text.ends_with("...")) << text;
}

TEST(Status, GivesErrorsOfTheRuntimeACodeAndARemedy) {
  EXPECT_NO_THROW(checkCuda(cudaSuccess, "call"));
  test::expectError(ErrorCode::OutOfMemory, {"cudaMalloc(p)", "cudaErrorMemoryAllocation", "batch"},
                    [] { checkCuda(cudaErrorMemoryAllocation, "cudaMalloc(p)"); });
  test::expectError(ErrorCode::Backend, {"cudaErrorInsufficientDriver", "580"},
                    [] { checkCuda(cudaErrorInsufficientDriver, "call"); });
  test::expectError(ErrorCode::Backend, {"cudaErrorECCUncorrectable", "restart"},
                    [] { checkCuda(cudaErrorECCUncorrectable, "call"); });
  test::expectError(ErrorCode::Internal, {"cudaErrorIllegalAddress", "report"},
                    [] { checkCuda(cudaErrorIllegalAddress, "call"); });
  test::expectError(ErrorCode::Internal, {"cudaErrorInvalidValue"},
                    [] { checkCuda(cudaErrorInvalidValue, "call"); });
}

}  // namespace
}  // namespace node_cudnn::cudnn
