// Operation graphs as data: views of memory, keys, names, and matrix products as convolutions.
#include "cudnn/operation_graph.h"

#include <gtest/gtest.h>

#include <numeric>

#include "cudnn/matmul_as_convolution.h"
#include "errors.h"

namespace node_cudnn::cudnn {
namespace {

using Dims = std::vector<std::int64_t>;

TEST(OperationGraph, NamesDimsOfImagesChannelsFirstAndLaysThemOutChannelsLast) {
  OperationGraph graph;
  const Uid image = graph.image("x", {2, 5, 7, 3}, DataType::BFloat16, 4);
  EXPECT_EQ(graph.tensor(image).dims, (Dims{2, 3, 5, 7}));
  EXPECT_EQ(graph.tensor(image).strides, (Dims{105, 1, 21, 3}));
  EXPECT_EQ(graph.tensor(image).buffer, 4);
  EXPECT_EQ(graph.tensor(image).type, DataType::BFloat16);
  const Uid row = graph.image("x", {6, 10}, DataType::Float32, 0);
  EXPECT_EQ(graph.tensor(row).dims, (Dims{6, 10, 1, 1}));
  EXPECT_EQ(graph.tensor(row).strides, (Dims{10, 1, 10, 10}));
  const Uid sequence = graph.image("x", {6, 4, 10}, DataType::Float32, 0);
  EXPECT_EQ(graph.tensor(sequence).dims, (Dims{6, 10, 1, 4}));
  EXPECT_EQ(graph.tensor(sequence).strides, (Dims{40, 1, 40, 10}));
  const Uid volume = graph.image("x", {6, 2, 3, 4, 10}, DataType::Float32, 0);
  EXPECT_EQ(graph.tensor(volume).dims, (Dims{6, 10, 6, 4}));
}

TEST(OperationGraph, LaysFiltersOutWithTheOutputChannelOutermost) {
  OperationGraph graph;
  const Uid filter = graph.filter("w", {5, 3, 8, 16}, DataType::Float32, 1);
  EXPECT_EQ(graph.tensor(filter).dims, (Dims{16, 8, 5, 3}));
  EXPECT_EQ(graph.tensor(filter).strides, (Dims{120, 1, 24, 8}));
  test::expectError(ErrorCode::Internal, {"rank 4", "[3,3]"}, [&] {
    graph.filter("w", {3, 3}, DataType::Float32, 1);
  });
}

TEST(OperationGraph, ViewsChannelsMatricesAndScalars) {
  OperationGraph graph;
  const Uid bias = graph.channels("b", 9, DataType::Float32, 1);
  EXPECT_EQ(graph.tensor(bias).dims, (Dims{1, 9, 1, 1}));
  const Uid plain = graph.matrix("a", 4, 6, false, DataType::Float32, 2);
  EXPECT_EQ(graph.tensor(plain).dims, (Dims{1, 4, 6}));
  EXPECT_EQ(graph.tensor(plain).strides, (Dims{24, 6, 1}));
  const Uid transposed = graph.matrix("a", 4, 6, true, DataType::Float32, 2);
  EXPECT_EQ(graph.tensor(transposed).dims, (Dims{1, 4, 6}));
  EXPECT_EQ(graph.tensor(transposed).strides, (Dims{24, 1, 4}));
  const Uid between = graph.virtualLike("v", transposed);
  EXPECT_TRUE(graph.tensor(between).isVirtual);
  EXPECT_EQ(graph.tensor(between).strides, graph.tensor(transposed).strides);
  EXPECT_EQ(graph.tensor(between).type, DataType::Float32);
  const Uid scalar = graph.scalar("epsilon", 0.5F, plain);
  EXPECT_EQ(graph.tensor(scalar).dims, (Dims{1, 1, 1}));
  EXPECT_EQ(graph.tensor(scalar).scalar, 0.5F);
}

struct ReluConvolution {
  std::int64_t channels = 96;
  std::int64_t stride = 1;
  DataType type = DataType::Float32;
  Pointwise function = Pointwise::ReluForward;
  BufferId firstBuffer = 0;
  std::string prefix = "";
};

OperationGraph make(const ReluConvolution& of) {
  OperationGraph graph;
  const Uid x = graph.image(of.prefix + "x", {8, 12, 12, of.channels}, of.type, of.firstBuffer);
  const Uid w = graph.filter(of.prefix + "w", {1, 1, of.channels, 32}, of.type, of.firstBuffer + 1);
  const std::int64_t side = 12 / of.stride;
  const Uid y = graph.image(of.prefix + "y", {8, side, side, 32}, of.type, of.firstBuffer + 2);
  const Uid sum = graph.virtualLike(of.prefix + "sum", y);
  ConvolutionGeometry geometry;
  geometry.strides = {of.stride, of.stride};
  graph.convolution(x, w, sum, geometry);
  graph.pointwise(of.function, sum, kNone, y);
  return graph;
}

TEST(OperationGraph, HasTheSameKeyWhateverItsNamesAndBuffers) {
  ReluConvolution other;
  other.firstBuffer = 30;
  other.prefix = "conv7/";
  EXPECT_EQ(make({}).key(), make(other).key());
  EXPECT_NE(make({}).reads(), make(other).reads());
}

TEST(OperationGraph, HasAnotherKeyWhenAnythingDiffersThatAPlanDependsOn) {
  const std::string key = make({}).key();
  EXPECT_NE(key, make({.channels = 64}).key());
  EXPECT_NE(key, make({.stride = 2}).key());
  EXPECT_NE(key, make({.type = DataType::BFloat16}).key());
  EXPECT_NE(key, make({.function = Pointwise::Identity}).key());
  OperationGraph transposed;
  transposed.matrix("a", 4, 6, true, DataType::Float32, 0);
  OperationGraph plain;
  plain.matrix("a", 4, 6, false, DataType::Float32, 0);
  EXPECT_NE(transposed.key(), plain.key());
}

TEST(OperationGraph, TellsPoolingsAndTheirModesApart) {
  const auto pooling = [](PoolingMode mode, std::int64_t after) {
    OperationGraph graph;
    const Uid x = graph.image("x", {8, 12, 12, 4}, DataType::Float32, 0);
    const Uid y = graph.image("y", {8, 6, 6, 4}, DataType::Float32, 1);
    PoolingGeometry geometry;
    geometry.mode = mode;
    geometry.window = geometry.strides = {2, 2};
    geometry.after = {after, after};
    graph.pool(x, y, kNone, geometry);
    return graph.key();
  };
  EXPECT_NE(pooling(PoolingMode::Max, 0), pooling(PoolingMode::AverageExcludingPadding, 0));
  EXPECT_NE(pooling(PoolingMode::Max, 0), pooling(PoolingMode::Max, 1));
}

TEST(OperationGraph, LeavesTheValueOfAScalarToTheExecution) {
  const auto keyOf = [](float value) {
    OperationGraph graph;
    const Uid x = graph.image("x", {8, 4}, DataType::Float32, 0);
    const Uid factor = graph.scalar("factor", value, x);
    graph.pointwise(Pointwise::Multiply, x, factor, graph.image("y", {8, 4}, DataType::Float32, 1));
    return graph.key();
  };
  EXPECT_EQ(keyOf(1), keyOf(2));
}

TEST(OperationGraph, ReadsAndWritesEachBufferOnce) {
  OperationGraph graph;
  const Uid x = graph.image("x", {8, 4}, DataType::Float32, 5);
  const Uid same = graph.image("x", {8, 4}, DataType::Float32, 5);
  const Uid y = graph.image("y", {8, 4}, DataType::Float32, 6);
  const Uid z = graph.image("z", {8, 4}, DataType::Float32, 7);
  graph.image("unused", {8, 4}, DataType::Float32, 8);
  graph.pointwise(Pointwise::Add, x, same, y);
  graph.pointwise(Pointwise::Multiply, y, graph.scalar("two", 2, y), z);
  EXPECT_EQ(graph.reads(), (std::vector<BufferId>{5}));
  EXPECT_EQ(graph.writes(), (std::vector<BufferId>{6, 7}));
}

TEST(OperationGraph, GivesEachTensorInMemoryABufferOfItsOwn) {
  OperationGraph graph;
  const Uid x = graph.image("x", {8, 4}, DataType::Float32, -1);
  const Uid y = graph.image("y", {8, 4}, DataType::Float32, -1);
  const Uid between = graph.virtualLike("between", y);
  graph.pointwise(Pointwise::ReluForward, x, kNone, between);
  graph.pointwise(Pointwise::Multiply, between, graph.scalar("two", 2, y), y);
  const OperationGraph bound = graph.withOwnBuffers();
  EXPECT_EQ(bound.key(), graph.key());
  EXPECT_EQ(bound.reads(), (std::vector<BufferId>{0}));
  EXPECT_EQ(bound.writes(), (std::vector<BufferId>{1}));
}

TEST(OperationGraph, DescribesItself) {
  const OperationGraph graph = make({.type = DataType::BFloat16});
  EXPECT_EQ(graph.nodes(), (std::vector<std::string>{"convolution", "relu"}));
  EXPECT_EQ(graph.describe(), "convolution + relu [8,12,12,32] bf16");
  EXPECT_TRUE(graph.hasProducts());
  OperationGraph cast;
  cast.pointwise(Pointwise::Identity, cast.image("x", {8, 4}, DataType::Float32, 0), kNone,
                 cast.image("y", {8, 4}, DataType::BFloat16, 1));
  EXPECT_EQ(cast.describe(), "cast [8,4] bf16");
  EXPECT_FALSE(cast.hasProducts());
}

// The one product of a graph over plain memory, by its definition, whichever operation it is.
std::vector<double> product(const OperationGraph& graph, const std::vector<double>& a,
                            const std::vector<double>& b, std::size_t size) {
  std::vector<double> c(size);
  const Operation& operation = graph.operations().front();
  // Of a 1x1 convolution: y[n,k] = sum over c of x[n,c] w[k,c].
  const auto add = [&](Uid to, std::int64_t i, std::int64_t j, double value) {
    const Dims& strides = graph.tensor(to).strides;
    c[static_cast<std::size_t>(i * strides[0] + j * strides[1])] += value;
  };
  const auto at = [&](Uid of, std::int64_t i, std::int64_t j) {
    const Dims& strides = graph.tensor(of).strides;
    return (of == 1 ? a : b)[static_cast<std::size_t>(i * strides[0] + j * strides[1])];
  };
  const Uid first = operation.inputs[0];
  const Uid second = operation.inputs[1];
  const Uid result = operation.outputs[0];
  const auto extent = [&](Uid of, std::size_t axis) { return graph.tensor(of).dims[axis]; };
  switch (operation.kind) {
    case OperationKind::Convolution:
      for (std::int64_t n = 0; n < extent(first, 0); ++n)
        for (std::int64_t k = 0; k < extent(second, 0); ++k)
          for (std::int64_t i = 0; i < extent(first, 1); ++i)
            add(result, n, k, at(first, n, i) * at(second, k, i));
      break;
    case OperationKind::ConvolutionBackwardData:
      for (std::int64_t n = 0; n < extent(first, 0); ++n)
        for (std::int64_t k = 0; k < extent(first, 1); ++k)
          for (std::int64_t i = 0; i < extent(second, 1); ++i)
            add(result, n, i, at(first, n, k) * at(second, k, i));
      break;
    case OperationKind::ConvolutionBackwardFilter:
      for (std::int64_t n = 0; n < extent(first, 0); ++n)
        for (std::int64_t k = 0; k < extent(second, 1); ++k)
          for (std::int64_t i = 0; i < extent(first, 1); ++i)
            add(result, k, i, at(second, n, k) * at(first, n, i));
      break;
    default:
      ADD_FAILURE() << "no convolution";
  }
  return c;
}

std::vector<double> matrixProduct(const OperationGraph& graph, const std::vector<double>& a,
                                  const std::vector<double>& b) {
  const GraphTensor& left = graph.tensor(1);
  const GraphTensor& right = graph.tensor(2);
  std::vector<double> c(static_cast<std::size_t>(left.dims[1] * right.dims[2]));
  for (std::int64_t i = 0; i < left.dims[1]; ++i)
    for (std::int64_t j = 0; j < right.dims[2]; ++j)
      for (std::int64_t k = 0; k < left.dims[2]; ++k)
        c[static_cast<std::size_t>(i * right.dims[2] + j)] +=
            a[static_cast<std::size_t>(i * left.strides[1] + k * left.strides[2])] *
            b[static_cast<std::size_t>(k * right.strides[1] + j * right.strides[2])];
  return c;
}

OperationGraph matmul(bool transposedA, bool transposedB) {
  OperationGraph graph;
  const Uid a = graph.matrix("a", 4, 6, transposedA, DataType::Float32, 0);
  const Uid b = graph.matrix("b", 6, 5, transposedB, DataType::Float32, 1);
  graph.matmul(a, b, graph.matrix("c", 4, 5, false, DataType::Float32, 2));
  return graph;
}

TEST(MatmulAsConvolution, GivesTheSameNumbersFromTheSameMemory) {
  std::vector<double> a(24);
  std::iota(a.begin(), a.end(), 1);
  std::vector<double> b(30);
  std::iota(b.begin(), b.end(), -7);
  for (const auto& [transposedA, transposedB] :
       {std::pair{false, false}, std::pair{false, true}, std::pair{true, false}}) {
    const OperationGraph graph = matmul(transposedA, transposedB);
    const auto convolution = matmulAsConvolution(graph);
    ASSERT_TRUE(convolution);
    EXPECT_EQ(product(*convolution, a, b, 20), matrixProduct(graph, a, b))
        << transposedA << transposedB;
    EXPECT_EQ(convolution->reads().size(), 2U);
    EXPECT_EQ(convolution->writes(), graph.writes());
  }
}

TEST(MatmulAsConvolution, KeepsWhatFollowsTheProduct) {
  OperationGraph graph;
  const Uid a = graph.matrix("a", 4, 6, false, DataType::Float32, 0);
  const Uid b = graph.matrix("b", 6, 5, true, DataType::Float32, 1);
  const Uid y = graph.matrix("y", 4, 5, false, DataType::Float32, 2);
  const Uid sum = graph.virtualLike("sum", y);
  graph.matmul(a, b, sum);
  graph.pointwise(Pointwise::Add, sum, graph.matrix("bias", 1, 5, false, DataType::Float32, 3), y);
  const auto convolution = matmulAsConvolution(graph);
  ASSERT_TRUE(convolution);
  EXPECT_EQ(convolution->nodes(), (std::vector<std::string>{"convolution", "add"}));
  EXPECT_EQ(convolution->tensor(5).dims, (Dims{1, 5, 1, 1}));
  EXPECT_TRUE(convolution->tensor(4).isVirtual);
}

TEST(MatmulAsConvolution, LeavesOtherGraphsAlone) {
  EXPECT_FALSE(matmulAsConvolution(matmul(true, true)));
  EXPECT_FALSE(matmulAsConvolution(make({})));
}

}  // namespace
}  // namespace node_cudnn::cudnn
