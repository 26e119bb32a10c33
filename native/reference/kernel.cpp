#include "kernel.h"

#include <map>
#include <utility>

namespace node_cudnn::reference {

namespace {

std::map<std::string, OpKernel, std::less<>>& kernels() {
  static std::map<std::string, OpKernel, std::less<>> all;
  return all;
}

}  // namespace

const OpKernel* findKernel(std::string_view type) {
  const auto found = kernels().find(type);
  return found == kernels().end() ? nullptr : &found->second;
}

RegisteredKernel::RegisteredKernel(OpKernel kernel) {
  std::string type = kernel.type;
  kernels().emplace(std::move(type), std::move(kernel));
}

}  // namespace node_cudnn::reference
