#include "../numbers.h"
#include "../op_case.h"

namespace node_cudnn::test {

namespace {

using Numbers = std::initializer_list<double>;

OpCase pooling(const char* op, std::string name, Shape x, Numbers size, Numbers strides,
               Numbers padding = {0, 0, 0, 0}, Kind kind = Kind::Distinct) {
  const Attributes attributes{
      {"poolSize", list(size)}, {"strides", list(strides)}, {"padding", list(padding)}};
  return {std::move(name),        op, {{"x", std::move(x), Role::Input, kind}},
          single(op, attributes), 0,  kind != Kind::Ties};
}

std::vector<OpCase> casesOf(const char* op) {
  return {
      pooling(op, "TwoByTwo", {2, 6, 4, 3}, {2, 2}, {2, 2}),
      pooling(op, "Overlapping", {2, 7, 9, 4}, {3, 3}, {2, 2}),
      pooling(op, "Batch1OneChannel", {1, 5, 6, 1}, {2, 3}, {1, 2}),
      pooling(op, "WholeBlocks", {2, 7, 6, 32}, {3, 3}, {2, 2}),
      pooling(op, "UnevenBlocks", {2, 7, 6, 19}, {3, 2}, {2, 2}),
      pooling(op, "RestIsLeftOut", {2, 8, 7, 3}, {3, 3}, {3, 3}),
      pooling(op, "EqualPadding", {2, 6, 5, 3}, {3, 3}, {2, 2}, {1, 1, 1, 1}),
      pooling(op, "UnequalPadding", {2, 6, 4, 3}, {3, 3}, {2, 2}, {0, 1, 0, 1}),
      pooling(op, "PaddingOnOneAxis", {2, 6, 7, 3}, {3, 2}, {2, 2}, {0, 0, 0, 1}),
      pooling(op, "NegativeBorders", {1, 4, 5, 2}, {2, 2}, {1, 1}, {1, 0, 1, 0}),
      pooling(op, "WholeImage", {2, 4, 3, 5}, {4, 3}, {1, 1}),
      pooling(op, "StrideLargerThanWindow", {2, 9, 8, 3}, {2, 2}, {3, 3}),
  };
}

const RegisteredCases maximum{casesOf("maxPooling2d")};

const RegisteredCases ties{{
    pooling("maxPooling2d", "Ties", {2, 7, 9, 3}, {3, 3}, {2, 2}, {0, 0, 0, 0}, Kind::Ties),
    pooling("maxPooling2d", "TiesOfBlocks", {2, 7, 6, 32}, {3, 3}, {2, 2}, {1, 1, 1, 1},
            Kind::Ties),
}};

const RegisteredCases average{casesOf("averagePooling2d")};

const RegisteredCases global{{
    {"Small", "globalAveragePooling2d", {{"x", {2, 3, 4, 5}}}, single("globalAveragePooling2d")},
    {"Batch1OneChannel",
     "globalAveragePooling2d",
     {{"x", {1, 5, 3, 1}}},
     single("globalAveragePooling2d")},
    {"WholeBlocks",
     "globalAveragePooling2d",
     {{"x", {2, 3, 2, 32}}},
     single("globalAveragePooling2d")},
}};

}  // namespace

}  // namespace node_cudnn::test
