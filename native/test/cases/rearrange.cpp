#include "../numbers.h"
#include "../op_case.h"

namespace node_cudnn::test {

namespace {

const RegisteredCases reshape{{
    {"Flatten", "reshape", {{"x", {2, 3, 4, 5}}}, single("reshape", {{"shape", list({60})}})},
    {"ToImage", "reshape", {{"x", {2, 60}}}, single("reshape", {{"shape", list({4, 3, 5})}})},
    {"FlattenWholeBlocks",
     "reshape",
     {{"x", {2, 2, 3, 16}}},
     single("reshape", {{"shape", list({96})}})},
    {"AddAxis", "reshape", {{"x", {3, 4}}}, single("reshape", {{"shape", list({1, 4})}})},
}};

const RegisteredCases permutations{{
    {"ChannelsFirst",
     "permute",
     {{"x", {2, 3, 4, 5}}},
     single("permute", {{"dims", list({3, 1, 2})}})},
    {"WholeBlocks",
     "permute",
     {{"x", {2, 3, 2, 16}}},
     single("permute", {{"dims", list({2, 3, 1})}})},
    {"Matrix", "permute", {{"x", {3, 4, 7}}}, single("permute", {{"dims", list({2, 1})}})},
    {"Unchanged", "permute", {{"x", {1, 2, 3}}}, single("permute", {{"dims", list({1, 2})}})},
}};

const RegisteredCases upSamplings{{
    {"Square",
     "upSampling2d",
     {{"x", {2, 3, 4, 5}}},
     single("upSampling2d", {{"size", list({2, 2})}})},
    {"WholeBlocks",
     "upSampling2d",
     {{"x", {2, 3, 2, 16}}},
     single("upSampling2d", {{"size", list({2, 2})}})},
    {"UnequalFactors",
     "upSampling2d",
     {{"x", {1, 2, 5, 1}}},
     single("upSampling2d", {{"size", list({3, 4})}})},
    {"OneAxis",
     "upSampling2d",
     {{"x", {2, 1, 3, 2}}},
     single("upSampling2d", {{"size", list({5, 1})}})},
}};

OpCase concatenate(std::string name, const std::vector<Shape>& shapes, double axis) {
  OpCase op{std::move(name), "concatenate", {}, single("concatenate", {{"axis", axis}})};
  for (const Shape& shape : shapes) {
    op.inputs.push_back({std::string("x").append(std::to_string(op.inputs.size())), shape});
  }
  return op;
}

const RegisteredCases concatenations{{
    concatenate("Channels", {{2, 3, 4, 5}, {2, 3, 4, 2}, {2, 3, 4, 1}}, 3),
    concatenate("WholeBlocks", {{2, 3, 4, 16}, {2, 3, 4, 32}}, 3),
    concatenate("Rows", {{2, 3, 4, 5}, {2, 2, 4, 5}}, 1),
    concatenate("Columns", {{1, 3, 4, 5}, {1, 3, 1, 5}}, 2),
    concatenate("Vectors", {{4, 3}, {4, 5}}, 1),
    concatenate("Positions", {{2, 3, 4}, {2, 5, 4}}, 1),
}};

OpCase add(std::string name, const Shape& shape, int count) {
  OpCase op{std::move(name), "add", {}, single("add")};
  for (int i = 0; i < count; ++i)
    op.inputs.push_back({std::string("x").append(std::to_string(i)), shape});
  return op;
}

const RegisteredCases sums{{
    add("Two", {2, 3, 4, 5}, 2),
    add("Three", {3, 7}, 3),
    add("WholeBlocks", {2, 2, 3, 16}, 2),
}};

}  // namespace

}  // namespace node_cudnn::test
