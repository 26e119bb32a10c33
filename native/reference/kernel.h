// How the reference backend computes each op type. An op's file registers it; there is no list.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "call.h"

namespace node_cudnn::reference {

struct OpKernel {
  std::string type;
  Work work = Work::Elementwise;
  void (*compute)(const Call&) = nullptr;
  // Positions of the inputs that the op writes; none when null.
  std::vector<std::size_t> (*updates)(const Op&) = nullptr;
  // Positions of the inputs whose memory output 0 may take over.
  std::vector<std::size_t> shares = {};
};

// Null when the type is unknown.
const OpKernel* findKernel(std::string_view type);

struct RegisteredKernel {
  explicit RegisteredKernel(OpKernel kernel);
};

}  // namespace node_cudnn::reference
