// H and W differ throughout, so that a swapped axis shows.
#include "../numbers.h"
#include "../op_case.h"

namespace node_cudnn::test {

namespace {

struct Window {
  std::initializer_list<double> strides = {1, 1};
  std::initializer_list<double> padding = {0, 0, 0, 0};
  std::initializer_list<double> dilations = {1, 1};
};

OpCase conv(std::string name, Shape x, Shape kernel, const Window& window, double groups = 1,
            bool bias = true, const char* activation = "linear") {
  const Shape biasShape = bias ? Shape{kernel[3]} : Shape{};
  return {std::move(name),
          "conv2d",
          {{"x", std::move(x)},
           {"kernel", std::move(kernel), Role::Weight},
           {"bias", biasShape, Role::Weight}},
          single("conv2d", {{"strides", list(window.strides)},
                            {"padding", list(window.padding)},
                            {"dilations", list(window.dilations)},
                            {"groups", groups},
                            {"activation", std::string(activation)}})};
}

const RegisteredCases cases{{
    conv("OneByOne", {2, 4, 3, 5}, {1, 1, 5, 7}, {}),
    conv("Batch1", {1, 6, 5, 3}, {3, 3, 3, 4}, {}),
    conv("OneChannel", {2, 7, 6, 1}, {3, 2, 1, 6}, {}),
    conv("OneFilter", {2, 5, 6, 4}, {2, 3, 4, 1}, {}),
    conv("WholeBlocks", {2, 5, 6, 16}, {3, 3, 16, 32}, {{1, 1}, {1, 1, 1, 1}}),
    conv("UnevenBlocks", {2, 5, 6, 19}, {3, 3, 19, 21}, {{1, 1}, {1, 1, 1, 1}}),
    conv("NoBias", {2, 5, 4, 3}, {3, 3, 3, 8}, {}, 1, false),
    conv("Strides", {2, 9, 8, 3}, {3, 2, 3, 5}, {{2, 3}}),
    conv("StridesLeaveARest", {2, 10, 9, 3}, {3, 3, 3, 4}, {{4, 4}}),
    conv("UnequalPadding", {2, 6, 5, 3}, {3, 4, 3, 5}, {{1, 1}, {0, 1, 1, 2}}),
    conv("SamePaddingWithStride", {2, 8, 6, 4}, {3, 3, 4, 5}, {{2, 2}, {0, 1, 0, 1}}),
    conv("Dilation", {2, 9, 8, 3}, {3, 2, 3, 4}, {{1, 1}, {0, 0, 0, 0}, {2, 3}}),
    conv("DilationAndPadding", {1, 7, 9, 2}, {3, 3, 2, 3}, {{1, 1}, {2, 2, 2, 2}, {2, 2}}),
    conv("Groups", {2, 5, 6, 6}, {3, 3, 3, 8}, {{1, 1}, {1, 1, 1, 1}}, 2),
    conv("ThreeGroups", {2, 5, 6, 6}, {2, 3, 2, 9}, {}, 3),
    conv("GroupsOfBlocks", {1, 4, 5, 32}, {3, 3, 16, 32}, {{1, 1}, {1, 1, 1, 1}}, 2),
    conv("GroupsWithoutBias", {2, 5, 4, 4}, {3, 3, 2, 4}, {{2, 1}}, 2, false),
    conv("Depthwise", {2, 5, 6, 5}, {3, 3, 1, 5}, {{1, 1}, {1, 1, 1, 1}}, 5),
    conv("DepthwiseMultiplier", {2, 5, 6, 4}, {3, 2, 1, 8}, {}, 4),
    conv("MergedGroups", {2, 5, 6, 32}, {3, 3, 2, 32}, {{1, 1}, {1, 1, 1, 1}}, 16),
    conv("GroupsOfThreeChannels", {2, 7, 6, 30}, {3, 2, 3, 20}, {{2, 1}}, 10, true, "relu"),
    conv("MergedGroupsFewerFilters", {1, 5, 4, 32}, {2, 3, 4, 16}, {}, 8, false),
    conv("FusedRelu", {2, 5, 6, 4}, {3, 3, 4, 6}, {{1, 1}, {1, 1, 1, 1}}, 1, true, "relu"),
    conv("FusedReluWithGroups", {2, 6, 5, 4}, {3, 3, 2, 6}, {{2, 2}}, 2, true, "relu"),
    conv("AlexNetFirst", {1, 23, 27, 3}, {11, 11, 3, 16}, {{4, 4}}),
    conv("KernelAsLargeAsInput", {2, 4, 3, 3}, {4, 3, 3, 5}, {}),
}};

}  // namespace

}  // namespace node_cudnn::test
