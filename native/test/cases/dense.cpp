#include "../op_case.h"

namespace node_cudnn::test {

namespace {

OpCase dense(std::string name, Shape x, std::int64_t units, bool bias = true,
             const char* activation = "linear") {
  const Shape kernel{x.back(), units};
  return {std::move(name),
          "dense",
          {{"x", std::move(x)},
           {"kernel", kernel, Role::Weight},
           {"bias", bias ? Shape{units} : Shape{}, Role::Weight}},
          single("dense", {{"activation", std::string(activation)}})};
}

const RegisteredCases cases{{
    dense("Small", {3, 5}, 4),
    dense("Batch1", {1, 7}, 3),
    dense("OneUnit", {4, 6}, 1),
    dense("OneInput", {4, 1}, 5),
    dense("WholeBlocks", {4, 32}, 16),
    dense("NoBias", {3, 9}, 6, false),
    dense("FusedRelu", {5, 8}, 7, true, "relu"),
    dense("Positions", {2, 3, 5}, 4),
    dense("PositionsOfAnImage", {2, 3, 4, 5}, 6),
    dense("PositionsFusedRelu", {2, 3, 5}, 4, true, "relu"),
}};

}  // namespace

}  // namespace node_cudnn::test
