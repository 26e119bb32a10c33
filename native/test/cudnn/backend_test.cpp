// The cuda backend as far as it goes without a device: options, plans from device properties,
// refusals, and the arithmetic of memory.
#include "cudnn/backend.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <limits>
#include <string>

#include "core/error.h"
#include "core/op.h"
#include "cudnn/memory_budget.h"
#include "cudnn/step_replay.h"
#include "errors.h"

namespace node_cudnn::test {

namespace {

std::string propertiesOf(const std::string& device) {
  std::ifstream file(std::string(NODE_CUDNN_TEST_DEVICES) + "/" + device + ".json");
  return {std::istreambuf_iterator<char>(file), {}};
}

std::unique_ptr<Backend> planner(Attributes options = {}) {
  options.set("deviceProperties", propertiesOf("h100"));
  return cudnn::makeCudnnBackend(options);
}

void expectRefused(const Attributes& options, const std::vector<std::string>& words) {
  expectError(ErrorCode::Option, words, [&] { cudnn::makeCudnnBackend(options); });
}

TEST(CudaOptions, HaveTheirDefaults) {
  const cudnn::BackendOptions options{{}};
  EXPECT_EQ(options.device, 0);
  EXPECT_EQ(options.memoryLimit, 0U);
  EXPECT_EQ(options.planner.precision, cudnn::Precision::Tf32);
  EXPECT_EQ(options.planner.workspaceLimit, std::size_t{1} << 30);
  EXPECT_EQ(options.planner.autotune, 0);
  EXPECT_EQ(options.planner.cacheFolder, "");
}

TEST(CudaOptions, AreTaken) {
  const cudnn::BackendOptions options{{{"device", 2.0},
                                       {"memoryLimit", 4096.0},
                                       {"precision", std::string("bf16")},
                                       {"workspaceLimit", 0.0},
                                       {"autotune", 5.0},
                                       {"planCache", std::string("/tmp/plans")}}};
  EXPECT_EQ(options.device, 2);
  EXPECT_EQ(options.memoryLimit, 4096U);
  EXPECT_EQ(options.planner.precision, cudnn::Precision::Bf16);
  EXPECT_EQ(options.planner.workspaceLimit, 0U);
  EXPECT_EQ(options.planner.autotune, 5);
  EXPECT_EQ(options.planner.cacheFolder, "/tmp/plans");
}

TEST(CudaOptions, WrongOnesAreNamed) {
  expectRefused({{"precission", std::string("bf16")}}, {"precission", "precision", "memoryLimit"});
  expectRefused({{"precision", std::string("fp16")}}, {"fp16", "tf32", "float32", "bf16"});
  expectRefused({{"device", -1.0}}, {"device", "-1"});
  expectRefused({{"device", 0.5}}, {"device", "0.5"});
  expectRefused({{"device", std::string("gpu")}}, {"device"});
  expectRefused({{"memoryLimit", std::numeric_limits<double>::quiet_NaN()}}, {"memoryLimit"});
  expectRefused({{"workspaceLimit", 1e300}}, {"workspaceLimit", "1e+300"});
  expectRefused({{"deviceProperties", std::string()}}, {"deviceProperties"});
  expectRefused({{"autotune", 3.0}, {"deviceProperties", propertiesOf("h100")}},
                {"autotune", "deviceProperties"});
}

TEST(CudaBackend, RefusesPropertiesThatAreNone) {
  expectError(ErrorCode::Backend, {"properties"}, [] {
    cudnn::makeCudnnBackend({{"deviceProperties", std::string("{}")}});
  });
}

// x [128,8], weights [8,4], bias [4].
Graph denseGraph() {
  Graph graph;
  const TensorId x = graph.addTensor({"x", {128, 8}, ElementType::Float, Role::Input});
  const TensorId kernel = graph.addTensor({"kernel", {8, 4}, ElementType::Float, Role::Weight, 0});
  const TensorId bias = graph.addTensor({"bias", {4}, ElementType::Float, Role::Weight, 1});
  const Op& op =
      graph.add("dense", "dense", {x, kernel, bias}, {{"activation", std::string("relu")}});
  graph.results = {op.outputs[0]};
  return graph;
}

TEST(CudaBackend, LowersAGraphForADeviceThatIsNotThere) {
  const auto backend = planner();
  const Graph graph = denseGraph();
  EXPECT_EQ(backend->name(), "cuda");
  EXPECT_EQ(backend->unsupported(graph, graph.ops()[0]), std::nullopt);
  Schedule schedule = backend->lower(graph, std::vector<LayoutPtr>(2));
  ASSERT_EQ(schedule.bufferOfTensor.size(), graph.tensors().size());
  ASSERT_EQ(schedule.fed.size(), 1U);
  EXPECT_EQ(schedule.fed[0], schedule.bufferOfTensor[0]);
  EXPECT_GE(schedule.bufferOfTensor[static_cast<std::size_t>(graph.results[0])], 0);
  planMemory(schedule, graph.results);
  EXPECT_GE(schedule.arenaBytes, 128U * (8 + 4) * sizeof(float));
  bool planned = false;
  for (const Command& command : schedule.commands) planned = planned || !command.graphKey.empty();
  EXPECT_TRUE(planned);
}

// A captured step is of the addresses that it was captured with.
TEST(CudaBackend, AScheduleKnowsItsReplay) {
  const auto backend = planner();
  const Schedule schedule = backend->lower(denseGraph(), std::vector<LayoutPtr>(2));
  cudnn::StepReplay* replay = cudnn::replayOf(schedule);
  ASSERT_NE(replay, nullptr);
  EXPECT_FALSE(replay->isCaptured());
}

TEST(CudaBackend, SaysWhyAnOpIsUnsupported) {
  Graph graph;
  const OpDefinition unknown{.type = "fourierTransform", .infer = {}};
  const TensorId x = graph.addTensor({"x", {1, 4}, ElementType::Float, Role::Input});
  const Op op{&unknown, "spectrum", {x}, {}, {}};
  const auto reason = planner()->unsupported(graph, op);
  ASSERT_TRUE(reason.has_value());
  EXPECT_NE(reason->find("fourierTransform"), std::string::npos) << *reason;
}

TEST(CudaBackend, HasPlainLayouts) {
  const auto backend = planner();
  EXPECT_EQ(backend->plain({2, 3}, ElementType::Float)->bytes(), 24U);
  EXPECT_EQ(backend->plain({5}, ElementType::Integer)->bytes(), 20U);
  EXPECT_EQ(backend->plain({2}, ElementType::Double)->bytes(), 16U);
  expectError(ErrorCode::Internal, {"opaque"},
              [&] { static_cast<void>(backend->plain({2}, ElementType::Opaque)); });
}

TEST(CudaBackend, WithoutADevicePlansOnly) {
  const auto backend = planner();
  Schedule schedule = backend->lower(denseGraph(), std::vector<LayoutPtr>(2));
  std::vector<float> values(4);
  const LayoutPtr layout = backend->plain({4}, ElementType::Float);
  const HostRows rows{values.data(), HostType::Float32, 1, 4, nullptr, 0, "x"};
  const std::vector<std::function<void()>> calls{
      [&] { backend->allocate(64, "weights"); },
      [&] { backend->write(*layout, values.data(), values); },
      [&] { backend->read(*layout, values.data(), values); },
      [&] { backend->feed(schedule, schedule.fed[0], rows, 1, ElementType::Float, 0, nullptr); },
      [&] { backend->run(schedule, 0, schedule.commands.size(), {}); },
      [&] { backend->observe(true); },
      [&] { backend->refeed(schedule, {}); }};
  for (const auto& call : calls) {
    expectError(ErrorCode::Backend, {"needs a device", "deviceProperties"}, call);
  }
}

TEST(CudaMemoryBudget, CountsAgainstTheLimit) {
  cudnn::MemoryBudget budget(50, 1000);
  EXPECT_TRUE(budget.allows(1000));
  EXPECT_FALSE(budget.allows(1001));
  budget.take(400);
  EXPECT_EQ(budget.used(), 400U);
  EXPECT_TRUE(budget.allows(600));
  EXPECT_FALSE(budget.allows(601));
  EXPECT_FALSE(budget.allows(std::numeric_limits<std::size_t>::max()));
  EXPECT_EQ(budget.available(5000), 600U);
  EXPECT_EQ(budget.available(500), 500U);
  budget.giveBack(400);
  EXPECT_TRUE(budget.allows(1000));
}

TEST(CudaMemoryBudget, WithoutALimitTheDeviceDecides) {
  const cudnn::MemoryBudget budget(51, 0);
  EXPECT_TRUE(budget.allows(std::numeric_limits<std::size_t>::max()));
  EXPECT_EQ(budget.available(5000), 5000U);
}

TEST(CudaMemoryBudget, ThePeakIsOfAllBackendsOnTheDevice) {
  cudnn::MemoryBudget first(52, 0);
  cudnn::MemoryBudget second(52, 0);
  cudnn::MemoryBudget elsewhere(53, 0);
  first.take(100);
  second.take(50);
  first.giveBack(100);
  second.take(20);
  EXPECT_EQ(first.processPeak(), 150U);
  EXPECT_EQ(second.processPeak(), 150U);
  EXPECT_EQ(elsewhere.processPeak(), 0U);
  second.giveBack(70);
}

TEST(CudaMemoryBudget, RefusalsTellAllThatIsKnown) {
  constexpr std::size_t kMebibyte = std::size_t{1} << 20;
  cudnn::MemoryBudget budget(54, 300 * kMebibyte);
  budget.take(250 * kMebibyte);
  try {
    budget.refuse("activations", 90 * kMebibyte, {7000 * kMebibyte, 8000 * kMebibyte},
                  "device 54 (Test)");
  } catch (const OutOfMemory& error) {
    EXPECT_EQ(error.wanted(), 90 * kMebibyte);
    EXPECT_EQ(error.available(), 50 * kMebibyte);
    for (const char* words : {"activations", "90 MiB", "device 54 (Test)", "7000 MiB of 8000 MiB",
                              "at most 250 MiB", "250 MiB of 300 MiB"}) {
      EXPECT_NE(std::string(error.what()).find(words), std::string::npos) << error.what();
    }
  }
  budget.giveBack(250 * kMebibyte);
}

}  // namespace

}  // namespace node_cudnn::test
