// Graph::add infers shapes and refuses what does not fit, naming the op.
#include <gtest/gtest.h>

#include "core/op.h"
#include "errors.h"
#include "numbers.h"

namespace node_cudnn::test {

namespace {

TensorId tensorOf(Graph& graph, const Shape& shape) {
  return graph.addTensor({"x", shape, ElementType::Float, Role::Input});
}

Shape infer(const std::string& type, const std::vector<Shape>& inputs,
            const Attributes& attributes = {}) {
  Graph graph;
  std::vector<TensorId> ids;
  for (const Shape& shape : inputs) ids.push_back(tensorOf(graph, shape));
  return graph.shape(graph.add(type, "layer", ids, attributes).outputs.at(0));
}

void expectRefused(ErrorCode code, const std::vector<std::string>& words, const std::string& type,
                   const std::vector<Shape>& inputs, const Attributes& attributes = {}) {
  expectError(code, words, [&] { infer(type, inputs, attributes); });
}

Attributes windows(AttributeValue strides, AttributeValue padding = list({0, 0, 0, 0}),
                   double groups = 1) {
  return {{"strides", std::move(strides)},
          {"padding", std::move(padding)},
          {"dilations", list({1, 1})},
          {"groups", groups}};
}

Attributes pools(AttributeValue size, AttributeValue strides,
                 AttributeValue padding = list({0, 0, 0, 0})) {
  return {{"poolSize", std::move(size)},
          {"strides", std::move(strides)},
          {"padding", std::move(padding)}};
}

TEST(ShapeInference, Convolution) {
  EXPECT_EQ(infer("conv2d", {{2, 227, 227, 3}, {11, 11, 3, 96}}, windows(list({4, 4}))),
            (Shape{2, 55, 55, 96}));
  EXPECT_EQ(infer("conv2d", {{1, 27, 27, 96}, {5, 5, 48, 256}},
                  windows(list({1, 1}), list({2, 2, 2, 2}), 2)),
            (Shape{1, 27, 27, 256}));
  EXPECT_EQ(infer("conv2d", {{1, 224, 220, 3}, {11, 11, 3, 8}},
                  windows(list({4, 4}), list({3, 4, 3, 4}))),
            (Shape{1, 56, 55, 8}));
}

TEST(ShapeInference, DilationWidensTheKernel) {
  Attributes attributes = windows(list({1, 1}));
  attributes.set("dilations", list({2, 3}));
  EXPECT_EQ(infer("conv2d", {{1, 9, 9, 1}, {3, 3, 1, 1}}, attributes), (Shape{1, 5, 3, 1}));
}

TEST(ShapeInference, Pooling) {
  EXPECT_EQ(infer("maxPooling2d", {{1, 55, 54, 96}}, pools(list({3, 3}), list({2, 2}))),
            (Shape{1, 27, 26, 96}));
  EXPECT_EQ(infer("averagePooling2d", {{1, 5, 5, 3}},
                  pools(list({2, 2}), list({2, 2}), list({0, 1, 0, 1}))),
            (Shape{1, 3, 3, 3}));
  EXPECT_EQ(infer("globalAveragePooling2d", {{4, 5, 6, 7}}), (Shape{4, 7}));
}

TEST(ShapeInference, TheRest) {
  EXPECT_EQ(infer("dense", {{4, 6}, {6, 3}}), (Shape{4, 3}));
  EXPECT_EQ(infer("dense", {{4, 5, 6}, {6, 3}}), (Shape{4, 5, 3}));
  EXPECT_EQ(infer("reshape", {{4, 6, 2}}, {{"shape", list({3, 4})}}), (Shape{4, 3, 4}));
  EXPECT_EQ(infer("concatenate", {{2, 3, 4}, {2, 5, 4}}, {{"axis", 1.0}}), (Shape{2, 8, 4}));
}

TEST(ShapeInference, ConvolutionErrors) {
  const Attributes plain = windows(list({1, 1}));
  expectRefused(ErrorCode::Shape, {"conv2d 'layer'", "rank 4", "[32,9216]"}, "conv2d",
                {{32, 9216}, {3, 3, 3, 8}}, plain);
  expectRefused(ErrorCode::Shape, {"conv2d 'layer'", "[1,5,5,4]"}, "conv2d",
                {{1, 5, 5, 4}, {3, 3, 3, 8}}, plain);
  expectRefused(ErrorCode::Shape, {"conv2d 'layer'", "does not fit"}, "conv2d",
                {{1, 4, 9, 3}, {5, 5, 3, 8}}, plain);
  expectRefused(ErrorCode::Shape, {"conv2d 'layer'", "bias"}, "conv2d",
                {{1, 5, 5, 3}, {3, 3, 3, 8}, {7}}, plain);
  expectRefused(ErrorCode::Shape, {"conv2d 'layer'", "groups"}, "conv2d",
                {{1, 5, 5, 4}, {3, 3, 2, 5}}, windows(list({1, 1}), list({0, 0, 0, 0}), 2));
  expectRefused(ErrorCode::Option, {"conv2d 'layer'", "strides"}, "conv2d",
                {{1, 5, 5, 3}, {3, 3, 3, 8}}, windows(list({0, 1})));
  expectRefused(ErrorCode::Option, {"conv2d 'layer'", "padding"}, "conv2d",
                {{1, 5, 5, 3}, {3, 3, 3, 8}}, windows(list({1, 1}), list({0, -1, 0, 0})));
  expectRefused(ErrorCode::Option, {"conv2d 'layer'", "groups"}, "conv2d",
                {{1, 5, 5, 3}, {3, 3, 3, 8}}, windows(list({1, 1}), list({0, 0, 0, 0}), 0));
}

TEST(ShapeInference, PoolingErrors) {
  expectRefused(ErrorCode::Shape, {"maxPooling2d 'layer'", "rank 4"}, "maxPooling2d", {{2, 3}},
                pools(list({2, 2}), list({2, 2})));
  expectRefused(ErrorCode::Shape, {"maxPooling2d 'layer'", "does not fit"}, "maxPooling2d",
                {{1, 2, 5, 3}}, pools(list({3, 3}), list({2, 2})));
  expectRefused(ErrorCode::Option, {"averagePooling2d 'layer'", "padding"}, "averagePooling2d",
                {{1, 5, 5, 3}}, pools(list({2, 2}), list({2, 2}), list({2, 0, 0, 0})));
  expectRefused(ErrorCode::Option, {"averagePooling2d 'layer'", "poolSize"}, "averagePooling2d",
                {{1, 5, 5, 3}}, pools(list({2}), list({2, 2})));
}

TEST(ShapeInference, OtherErrors) {
  expectRefused(ErrorCode::Shape, {"dense 'layer'", "[...,6]", "[4,5]"}, "dense", {{4, 5}, {6, 3}});
  expectRefused(ErrorCode::Shape, {"reshape 'layer'", "[4,6]"}, "reshape", {{4, 6}},
                {{"shape", list({5})}});
  expectRefused(ErrorCode::Shape, {"add 'layer'", "[2,3]", "[2,4]"}, "add", {{2, 3}, {2, 4}});
  expectRefused(ErrorCode::Shape, {"concatenate 'layer'"}, "concatenate", {{2, 3, 4}, {2, 3, 5}},
                {{"axis", 1.0}});
  expectRefused(ErrorCode::Option, {"concatenate 'layer'", "axis"}, "concatenate", {{2, 3}, {2, 3}},
                {{"axis", 0.0}});
  expectRefused(ErrorCode::Option, {"dropout 'layer'", "rate"}, "dropout", {{2, 3}},
                {{"rate", 1.5}, {"stream", 0.0}});
  expectRefused(ErrorCode::Option, {"activation 'layer'", "swish"}, "activation", {{2, 3}},
                {{"function", std::string("swish")}});
  expectRefused(ErrorCode::Option, {"activation 'layer'", "alpha"}, "activation", {{2, 3}},
                {{"function", std::string("leakyRelu")}, {"alpha", -1.0}});
  expectRefused(ErrorCode::Option, {"conv3d", "conv2d"}, "conv3d", {{2, 3}});
}

TEST(ShapeInference, EveryTypeIsRegisteredOnce) {
  const std::vector<std::string> types = opTypes();
  EXPECT_GE(types.size(), 40U);
  for (const std::string& type : types) EXPECT_EQ(findOp(type).type, type);
}

}  // namespace

}  // namespace node_cudnn::test
