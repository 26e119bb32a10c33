// Device properties from text: what is read, and what is said of a text that is none.
#include "cudnn/device_properties.h"

#include <cuda_runtime_api.h>
#include <gtest/gtest.h>

#include "device_files.h"
#include "errors.h"

namespace node_cudnn::cudnn {
namespace {

TEST(DeviceProperties, ReadsWhatPlansAndEstimatesNeed) {
  const DeviceProperties h100 = test::device("h100");
  EXPECT_EQ(h100.name, "NVIDIA H100 80GB HBM3");
  EXPECT_EQ(h100.computeCapability, 90);
  EXPECT_EQ(h100.multiprocessors, 132);
  EXPECT_EQ(h100.totalBytes, 85017493504U);
  EXPECT_EQ(h100.l2Bytes, 52428800U);
  EXPECT_EQ(h100.memoryClockKilohertz, 2619000);
  EXPECT_EQ(test::device("rtx5090").computeCapability, 120);
  EXPECT_EQ(test::device("t4").computeCapability, 75);
}

TEST(DeviceProperties, DropsSpaceBehindTheTextAndTakesItAroundValues) {
  const DeviceProperties device = DeviceProperties::parse(
      "{ \"deviceName\" : \"X\", \"deviceVer\" : 890 , \"multiProcessorCount\":1,\n"
      "\"totalGlobalMem\":2,\"l2CacheSize\":3,\"memClockRateKHz\": 4\n} \n\n");
  EXPECT_EQ(device.computeCapability, 89);
  EXPECT_EQ(device.memoryClockKilohertz, 4);
  EXPECT_EQ(device.text.back(), '}');
}

std::string replaced(const std::string& from, const std::string& to) {
  std::string text = test::device("h100").text;
  return text.replace(text.find(from), from.size(), to);
}

TEST(DeviceProperties, NamesTheFieldThatIsMissingOrWrong) {
  const auto expectRefused = [](const std::string& text, const std::string& word) {
    test::expectError(ErrorCode::Backend, {"device properties", word},
                      [&] { DeviceProperties::parse(text); });
  };
  expectRefused("", "no object");
  expectRefused("[]", "no object");
  expectRefused(test::device("h100").text.substr(0, 300), "no object");
  expectRefused(replaced("\"deviceVer\"", "\"version\""), "'deviceVer' is missing");
  expectRefused(replaced("\"deviceVer\":900", "\"deviceVer\":\"900\""), "'deviceVer' is no whole");
  expectRefused(replaced("\"deviceVer\":900", "\"deviceVer\":-900"), "'deviceVer' is no whole");
  expectRefused(replaced("\"deviceVer\":900", "\"deviceVer\":9.5"), "'deviceVer' is no whole");
  expectRefused(replaced("\"deviceName\":\"NVIDIA H100 80GB HBM3\"", "\"deviceName\":3"),
                "'deviceName' is no text");
}

TEST(DeviceProperties, SaysThatThereIsNoSuchDevice) {
  int devices = 0;
  if (cudaGetDeviceCount(&devices) != cudaSuccess) devices = 0;
  test::expectError(ErrorCode::Backend, {"device " + std::to_string(devices), "nvidia-smi"},
                    [&] { DeviceProperties::ofDevice(devices); });
}

}  // namespace
}  // namespace node_cudnn::cudnn
