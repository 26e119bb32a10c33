// The plugin's entry, what it says of a machine without a device, and how versions and devices are
// judged.
#include "core/plugin.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "core/error.h"
#include "cudnn/devices.h"
#include "cudnn/kernels/architectures.h"
#include "cudnn/versions.h"
#include "errors.h"

extern "C" const node_cudnn::Plugin* node_cudnn_plugin();

namespace node_cudnn::test {

namespace {

using cudnn::Versions;

TEST(CudaPlugin, DescribesItself) {
  const Plugin* plugin = node_cudnn_plugin();
  EXPECT_STREQ(plugin->build, pluginBuild());
  EXPECT_STREQ(plugin->backend, "cuda");
  EXPECT_NE(plugin->make, nullptr);
  EXPECT_EQ(plugin, node_cudnn_plugin());
}

TEST(CudaPlugin, ReportsTheLibrariesWhateverTheMachine) {
  const PluginReport report = node_cudnn_plugin()->report();
  EXPECT_GE(report.runtimeVersion, 13000);
  EXPECT_EQ(report.builtForRuntime / 1000, report.runtimeVersion / 1000);
  EXPECT_GE(report.cudnnVersion, 91900);
  EXPECT_EQ(report.cudnnRuntime / 1000, report.runtimeVersion / 1000);
  EXPECT_EQ(report.problem.empty(), report.remedy.empty());
  // Either a device can be used, or it is said why not, and making a backend says the same.
  if (report.problem.empty()) {
    EXPECT_FALSE(report.devices.empty());
  } else {
    expectError(ErrorCode::Backend, {"cuda", report.problem.substr(0, 40)},
                [] { node_cudnn_plugin()->make({}); });
  }
}

TEST(CudaPlugin, KernelsWereBuiltForSomething) {
  ASSERT_FALSE(cudnn::builtArchitectures().empty());
  for (const int capability : cudnn::builtArchitectures()) {
    EXPECT_GE(capability, 75);
    EXPECT_LT(capability, 1000);
    EXPECT_EQ(cudnn::capabilityProblem(capability, cudnn::builtArchitectures()), "");
  }
}

Versions fitting() {
  Versions versions;
  versions.driver = 13000;
  versions.runtime = versions.builtForRuntime = versions.cudnnRuntime = 13000;
  versions.cudnn = versions.builtForCudnn = 92400;
  return versions;
}

void expectProblem(const Versions& versions, const std::vector<std::string>& words) {
  const auto problem = cudnn::problemOf(versions);
  ASSERT_TRUE(problem.has_value());
  EXPECT_FALSE(problem->remedy.empty());
  for (const std::string& word : words) {
    EXPECT_NE((problem->text + problem->remedy).find(word), std::string::npos)
        << "'" << word << "' is missing from: " << problem->text << " / " << problem->remedy;
  }
}

TEST(CudaVersions, ThatFitHaveNoProblem) {
  Versions versions = fitting();
  EXPECT_FALSE(cudnn::problemOf(versions).has_value());
  versions.driver = 14020;  // newer drivers run older runtimes
  versions.runtime = 13020;
  versions.cudnn = 91900;
  EXPECT_FALSE(cudnn::problemOf(versions).has_value());
  versions.driver = 13000;  // and those of the same major version newer ones
  EXPECT_FALSE(cudnn::problemOf(versions).has_value());
}

TEST(CudaVersions, NoDriver) {
  Versions versions = fitting();
  versions.driver = 0;
  expectProblem(versions, {"no NVIDIA driver", "13.0", "nvidia-smi"});
}

TEST(CudaVersions, AnOldDriver) {
  Versions versions = fitting();
  versions.driver = 12040;
  expectProblem(versions, {"12.4", "13.0", "newer driver"});
}

TEST(CudaVersions, AnotherRuntime) {
  Versions versions = fitting();
  versions.runtime = 12080;
  expectProblem(versions, {"12.8", "CUDA 13", "npm run build"});
}

TEST(CudaVersions, AnOldCudnn) {
  Versions versions = fitting();
  versions.cudnn = 91400;
  expectProblem(versions, {"9.14.0", "9.19.0", "nvidia-cudnn-cu13"});
  versions.cudnn = 100000;
  expectProblem(versions, {"10.0.0", "major version 9"});
}

TEST(CudaVersions, ACudnnForAnotherCuda) {
  Versions versions = fitting();
  versions.cudnnRuntime = 12090;
  expectProblem(versions, {"12.9", "13.0", "nvidia-cudnn-cu13"});
}

TEST(CudaCapabilities, AreCoveredByMachineCodeOrByTheLast) {
  constexpr std::array kBuilt{80, 86, 90, 120};
  for (const int capability : {80, 86, 89, 90, 120, 121, 130}) {
    EXPECT_EQ(cudnn::capabilityProblem(capability, kBuilt), "") << capability;
  }
  for (const int capability : {75, 100, 110}) {
    const std::string problem = cudnn::capabilityProblem(capability, kBuilt);
    EXPECT_NE(problem.find("8.0, 8.6, 9.0, 12.0"), std::string::npos) << problem;
    EXPECT_NE(problem.find("=" + std::to_string(capability)), std::string::npos) << problem;
  }
  // Code for 8.6 does not run on 8.0.
  EXPECT_NE(cudnn::capabilityProblem(80, std::array{86, 120}), "");
  EXPECT_NE(cudnn::capabilityProblem(70, kBuilt).find("7.5 or newer"), std::string::npos);
}

}  // namespace

}  // namespace node_cudnn::test
