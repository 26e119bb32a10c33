// Plans by the real library for devices that are not there.
#include "cudnn/planner.h"

#include <gtest/gtest.h>

#include <thread>

#include "device_files.h"
#include "errors.h"
#include "scratch_folder.h"

namespace node_cudnn::cudnn {
namespace {

using test::device;

const std::vector<std::string> kDevices = {"t4", "a100", "rtx4090", "h100", "b200", "rtx5090"};

Planner planner(const std::string& name, Precision precision, const std::string& cache = "") {
  PlannerOptions options;
  options.precision = precision;
  options.cacheFolder = cache;
  return Planner(device(name), options);
}

OperationGraph relu(DataType type = DataType::Float32, BufferId first = 0) {
  OperationGraph graph;
  const Uid x = graph.image("x", {8, 12, 12, 32}, type, first);
  graph.pointwise(Pointwise::ReluForward, x, kNone,
                  graph.image("y", {8, 12, 12, 32}, type, first + 1));
  return graph;
}

// The convolution of 3x3 with this many groups: forward, backward data or backward filter.
OperationGraph convolution(OperationKind kind, std::int64_t groups,
                           DataType type = DataType::Float32) {
  OperationGraph graph;
  const Uid x = graph.image("x", {32, 13, 13, 64}, type, 0);
  const Uid w = graph.filter("w", {3, 3, 64 / groups, 128}, type, 1);
  const Uid y = graph.image("y", {32, 13, 13, 128}, type, 2);
  ConvolutionGeometry geometry;
  geometry.before = geometry.after = {1, 1};
  switch (kind) {
    case OperationKind::ConvolutionBackwardData:
      graph.convolutionBackwardData(y, w, x, geometry);
      break;
    case OperationKind::ConvolutionBackwardFilter:
      graph.convolutionBackwardFilter(x, y, w, geometry);
      break;
    default:
      graph.convolution(x, w, y, geometry);
  }
  return graph;
}

OperationGraph matmul(bool transposedA, bool transposedB, DataType type = DataType::Float32) {
  OperationGraph graph;
  const Uid a = graph.matrix("a", 128, 256, transposedA, type, 0);
  const Uid b = graph.matrix("b", 256, 64, transposedB, type, 1);
  graph.matmul(a, b, graph.matrix("c", 128, 64, false, type, 2));
  return graph;
}

OperationGraph maxPooling() {
  OperationGraph graph;
  PoolingGeometry geometry;
  geometry.window = {3, 3};
  geometry.strides = {2, 2};
  const Uid x = graph.image("x", {8, 13, 13, 32}, DataType::Float32, 0);
  const Uid y = graph.image("y", {8, 6, 6, 32}, DataType::Float32, 1);
  graph.pool(x, y, graph.image("index", {8, 6, 6, 32}, DataType::Int8, 2), geometry);
  return graph;
}

OperationGraph batchNormalization() {
  OperationGraph graph;
  const auto channels = [&](const char* name, BufferId buffer) {
    return graph.channels(name, 32, DataType::Float32, buffer);
  };
  const Uid x = graph.image("x", {8, 12, 12, 32}, DataType::Float32, 0);
  const Uid y = graph.image("y", {8, 12, 12, 32}, DataType::Float32, 1);
  graph.batchNormalization(x, channels("gamma", 2), channels("beta", 3),
                           graph.scalar("epsilon", 1e-3F, x), y, channels("mean", 4),
                           channels("deviation", 5));
  return graph;
}

// Engine and knobs.
std::string configurationOf(const PlanAnswer& answer) {
  if (!answer) return answer.refusal;
  return std::string(configurationIn(representationOf(*answer.plan)));
}

bool usesTensorCores(const ExecutionPlan& plan) {
  return plan.engine.find("tensor cores") != std::string::npos;
}

TEST(Planner, GivesEqualGraphsOnePlan) {
  Planner h100 = planner("h100", Precision::Tf32);
  const PlanAnswer first = h100.plan(relu());
  ASSERT_TRUE(first) << first.refusal;
  EXPECT_TRUE(first.plan->descriptor);
  EXPECT_FALSE(first.plan->cached);
  EXPECT_EQ(first.plan->engine.find("engine "), 0U) << first.plan->engine;
  EXPECT_NE(first.plan->engine.find(", compiled at run time"), std::string::npos);
  EXPECT_FALSE(usesTensorCores(*first.plan)) << "nothing is multiplied";
  EXPECT_EQ(h100.plan(relu(DataType::Float32, 40)).plan, first.plan);
}

TEST(Planner, PlansThatOutliveTheirPlannerAreWhole) {
  std::string representation;
  std::shared_ptr<const ExecutionPlan> plan;
  {
    Planner h100 = planner("h100", Precision::Tf32);
    plan = h100.plan(convolution(OperationKind::Convolution, 1)).plan;
    ASSERT_TRUE(plan);
    representation = representationOf(*plan);
  }
  EXPECT_GT(representation.size(), 500U);
  EXPECT_EQ(representationOf(*plan), representation);
}

TEST(Planner, RoundsOperandsForTensorCoresInTf32) {
  Planner h100 = planner("h100", Precision::Tf32);
  const PlanAnswer answer = h100.plan(convolution(OperationKind::Convolution, 1));
  ASSERT_TRUE(answer) << answer.refusal;
  EXPECT_TRUE(usesTensorCores(*answer.plan)) << answer.plan->engine;
}

TEST(Planner, FindsAnEngineThatRoundsNothingOnEveryDevice) {
  for (const std::string& name : kDevices) {
    Planner strict = planner(name, Precision::Float32);
    std::vector<OperationGraph> graphs;
    for (const OperationKind kind :
         {OperationKind::Convolution, OperationKind::ConvolutionBackwardData,
          OperationKind::ConvolutionBackwardFilter}) {
      for (const std::int64_t groups : {1, 2}) graphs.push_back(convolution(kind, groups));
    }
    graphs.push_back(matmul(false, false));
    graphs.push_back(matmul(false, true));
    graphs.push_back(matmul(true, false));
    graphs.push_back(maxPooling());
    for (const OperationGraph& graph : graphs) {
      const PlanAnswer answer = strict.plan(graph);
      ASSERT_TRUE(answer) << name << ": " << graph.describe() << ": " << answer.refusal;
      EXPECT_FALSE(usesTensorCores(*answer.plan)) << name << ": " << graph.describe();
    }
  }
}

TEST(Planner, SaysWhenAMatrixProductIsAConvolution) {
  Planner strict = planner("h100", Precision::Float32);
  const PlanAnswer answer = strict.plan(matmul(false, false));
  ASSERT_TRUE(answer) << answer.refusal;
  EXPECT_TRUE(answer.plan->engine.ends_with(", as a convolution")) << answer.plan->engine;
}

TEST(Planner, LeavesAFusedGraphThatOnlyPrecisionRulesOutToBeSplit) {
  OperationGraph graph = convolution(OperationKind::ConvolutionBackwardData, 1);
  OperationGraph fused;
  for (const GraphTensor& tensor : graph.tensors()) fused.tensor(tensor);
  const Uid between = fused.virtualLike("between", 1);
  const Uid y = fused.image("y", {32, 13, 13, 64}, DataType::Float32, 3);
  Operation product = graph.operations().front();
  product.outputs = {between};
  fused.add(product);
  fused.pointwiseBackward(Pointwise::ReluBackward, y, between, 1);
  const PlanAnswer answer = planner("h100", Precision::Float32).plan(fused);
  EXPECT_FALSE(answer);
  EXPECT_NE(answer.refusal.find("precision 'float32'"), std::string::npos) << answer.refusal;
}

TEST(Planner, RefusesBfloat16OnADeviceWithoutItForTheLibrarysReason) {
  Planner t4 = planner("t4", Precision::Bf16);
  for (const OperationGraph& graph :
       {relu(DataType::BFloat16), matmul(false, false, DataType::BFloat16),
        convolution(OperationKind::Convolution, 1, DataType::BFloat16)}) {
    const PlanAnswer answer = t4.plan(graph);
    EXPECT_FALSE(answer) << graph.describe();
    EXPECT_NE(answer.refusal.find("CUDNN_STATUS_NOT_SUPPORTED"), std::string::npos)
        << answer.refusal;
    const bool namesType = answer.refusal.find("bf16") != std::string::npos ||
                           answer.refusal.find("BF16") != std::string::npos;
    EXPECT_TRUE(namesType) << answer.refusal;
    EXPECT_LT(answer.refusal.size(), 800U);
  }
}

TEST(Planner, KeepsToTheWorkspaceLimit) {
  PlannerOptions options;
  Planner roomy(device("h100"), options);
  const PlanAnswer wanted = roomy.plan(batchNormalization());
  ASSERT_TRUE(wanted) << wanted.refusal;
  ASSERT_GT(wanted.plan->workspaceBytes, 0U);
  options.workspaceLimit = wanted.plan->workspaceBytes - 1;
  const PlanAnswer less = Planner(device("h100"), options).plan(batchNormalization());
  ASSERT_TRUE(less) << less.refusal;
  EXPECT_LE(less.plan->workspaceBytes, options.workspaceLimit);
  options.workspaceLimit = 1;
  const PlanAnswer none = Planner(device("h100"), options).plan(batchNormalization());
  EXPECT_FALSE(none);
  EXPECT_NE(none.refusal.find("'workspaceLimit' allows 1"), std::string::npos) << none.refusal;
}

TEST(Planner, PrefersEnginesThatGiveTheSameBitsEveryTime) {
  OperationGraph graph;
  const Uid x = graph.image("x", {128, 27, 27, 96}, DataType::Float32, 0);
  const Uid w = graph.filter("w", {5, 5, 48, 256}, DataType::Float32, 1);
  ConvolutionGeometry geometry;
  geometry.before = geometry.after = {2, 2};
  graph.convolutionBackwardData(graph.image("y", {128, 27, 27, 256}, DataType::Float32, 2), w, x,
                                geometry);
  const std::string note = "not deterministic";
  PlannerOptions options;
  options.precision = Precision::Float32;  // otherwise tensor cores come first
  const PlanAnswer same = Planner(device("h100"), options).plan(graph);
  ASSERT_TRUE(same) << same.refusal;
  EXPECT_EQ(same.plan->engine.find(note), std::string::npos) << same.plan->engine;
  options.deterministic = false;
  const PlanAnswer any = Planner(device("h100"), options).plan(graph);
  ASSERT_TRUE(any) << any.refusal;
  EXPECT_NE(any.plan->engine.find(note), std::string::npos) << any.plan->engine;
}

TEST(Planner, NamesThePartOfAGraphThatIsNoneAtAll) {
  OperationGraph tensor;
  GraphTensor odd;
  odd.name = "odd";
  tensor.pointwise(Pointwise::ReluForward, tensor.tensor(odd), kNone,
                   tensor.image("y", {8, 32}, DataType::Float32, 1));
  OperationGraph operation;
  operation.matmul(operation.matrix("a", 4, 6, false, DataType::Float32, 0),
                   operation.matrix("b", 5, 6, false, DataType::Float32, 1),
                   operation.matrix("c", 4, 6, false, DataType::Float32, 2));
  Planner h100 = planner("h100", Precision::Tf32);
  const PlanAnswer first = h100.plan(tensor);
  EXPECT_FALSE(first);
  EXPECT_EQ(first.refusal.find("tensor 'odd': "), 0U) << first.refusal;
  const PlanAnswer second = h100.plan(operation);
  EXPECT_FALSE(second);
  EXPECT_NE(second.refusal.find("matmul: "), std::string::npos) << second.refusal;
}

TEST(Planner, TellsThatDevicePropertiesAreNotTaken) {
  DeviceProperties wrong = device("h100");
  wrong.text = "{\"deviceVer\":900}";
  test::expectError(ErrorCode::Backend, {"H100", "properties"}, [&] { Planner(wrong, {}); });
}

TEST(Planner, FindsItsPlansAgainOnDisk) {
  const test::ScratchFolder folder;
  const PlanAnswer made = planner("h100", Precision::Tf32, folder.text()).plan(relu());
  ASSERT_TRUE(made) << made.refusal;
  EXPECT_EQ(folder.files().size(), 1U);
  const PlanAnswer found = planner("h100", Precision::Tf32, folder.text()).plan(relu());
  ASSERT_TRUE(found);
  EXPECT_TRUE(found.plan->cached);
  EXPECT_EQ(found.plan->engine, made.plan->engine);
  EXPECT_EQ(found.plan->workspaceBytes, made.plan->workspaceBytes);
  EXPECT_FALSE(configurationOf(made).empty());
  EXPECT_EQ(configurationOf(found), configurationOf(made));
  EXPECT_FALSE(planner("a100", Precision::Tf32, folder.text()).plan(relu()).plan->cached);
  EXPECT_FALSE(planner("h100", Precision::Float32, folder.text()).plan(relu()).plan->cached);
  DeviceProperties half = device("h100");
  half.text.replace(half.text.find(":132,"), 5, ":66,");
  PlannerOptions options;
  options.cacheFolder = folder.text();
  EXPECT_FALSE(Planner(half, options).plan(relu()).plan->cached);
}

// The key that a cache's file holds: "<format>\n<key bytes> <value bytes> <checksum>\n<key>".
std::string keyIn(const std::string& file) {
  const std::size_t numbers = file.find('\n') + 1;
  const std::size_t key = file.find('\n', numbers) + 1;
  return file.substr(key, std::stoul(file.substr(numbers)));
}

TEST(Planner, ReplacesWhatTheLibraryDoesNotTakeFromTheDisk) {
  const test::ScratchFolder folder;
  planner("h100", Precision::Tf32, folder.text()).plan(relu());
  const std::string file = test::readFile(folder.files().at(0));
  for (const std::string value :
       {"no line break", "engine 1\n", "engine 1\n{}", "engine 1\n{\"a\""}) {
    PlanCache(folder.text()).store(keyIn(file), value);
    const PlanAnswer answer = planner("h100", Precision::Tf32, folder.text()).plan(relu());
    ASSERT_TRUE(answer) << answer.refusal;
    EXPECT_FALSE(answer.plan->cached) << value;
    EXPECT_TRUE(planner("h100", Precision::Tf32, folder.text()).plan(relu()).plan->cached) << value;
  }
}

// Of cublasLt's products on a device, rounded to 11 bits without a note that says so.
TEST(Planner, KeepsCublasLtFromStrictProducts) {
  for (const std::string& name : kDevices) {
    for (const bool transposed : {false, true}) {
      const PlanAnswer strict = planner(name, Precision::Float32).plan(matmul(transposed, false));
      ASSERT_TRUE(strict) << strict.refusal;
      EXPECT_FALSE(onTensorCores(*strict.plan)) << name << ": " << strict.plan->engine;
    }
  }
}

TEST(Planner, OffersCandidatesAndKeepsThePreferredOne) {
  const test::ScratchFolder folder;
  PlannerOptions options;
  options.autotune = 3;
  options.cacheFolder = folder.text();
  const OperationGraph graph = convolution(OperationKind::Convolution, 1);
  Planner tuning(device("h100"), options);
  const auto plans = tuning.candidates(graph, 3);
  ASSERT_EQ(plans.size(), 3U);
  EXPECT_NE(representationOf(*plans[0]), representationOf(*plans[1]));
  EXPECT_NE(representationOf(*plans[1]), representationOf(*plans[2]));
  EXPECT_EQ(tuning.plan(graph).plan, plans[0]);
  EXPECT_EQ(folder.files().size(), 0U) << "only the winner is kept";
  EXPECT_EQ(tuning.timeOf(graph), 0);
  tuning.prefer(graph, plans[2], 0.25);
  EXPECT_EQ(tuning.timeOf(graph), 0.25);
  EXPECT_EQ(tuning.plan(graph).plan, plans[2]);
  ASSERT_EQ(tuning.candidates(graph, 3).size(), 1U);

  Planner later(device("h100"), options);
  EXPECT_EQ(later.timeOf(graph), 0.25);
  const auto kept = later.candidates(graph, 3);
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_TRUE(kept[0]->cached);
  EXPECT_EQ(representationOf(*kept[0]), representationOf(*plans[2]));
  EXPECT_EQ(later.plan(graph).plan, kept[0]);
}

TEST(Planner, KeepsAnOnlyCandidateAndBuildsNothingTwice) {
  const test::ScratchFolder folder;
  PlannerOptions options;
  options.autotune = 3;
  options.cacheFolder = folder.text();
  options.workspaceLimit = 0;
  Planner tuning(device("a100"), options);
  const OperationGraph graph = convolution(OperationKind::ConvolutionBackwardFilter, 2);
  const auto plans = tuning.candidates(graph, 3);
  ASSERT_EQ(plans.size(), 1U);
  EXPECT_EQ(folder.files().size(), 1U);
  EXPECT_EQ(tuning.plan(graph).plan, plans[0]);
  EXPECT_EQ(tuning.candidates(graph, 3), plans);
}

TEST(Planner, WorksOnTwoThreadsWithAPlannerEach) {
  const std::vector<OperationGraph> graphs = {relu(), convolution(OperationKind::Convolution, 2),
                                              matmul(false, true), maxPooling()};
  const auto engines = [&](const std::string& name) {
    Planner one = planner(name, Precision::Tf32);
    std::vector<std::string> found;
    for (const OperationGraph& graph : graphs) {
      found.push_back(configurationOf(one.plan(graph)));
    }
    return found;
  };
  std::vector<std::string> h100;
  std::vector<std::string> a100;
  std::thread first([&] { h100 = engines("h100"); });
  std::thread second([&] { a100 = engines("a100"); });
  first.join();
  second.join();
  EXPECT_EQ(h100, engines("h100"));
  EXPECT_EQ(a100, engines("a100"));
  EXPECT_NE(h100, a100);
}

}  // namespace
}  // namespace node_cudnn::cudnn
