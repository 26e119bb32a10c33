#include <array>

#include "architectures.h"

namespace node_cudnn::cudnn {

std::span<const int> builtArchitectures() {
  // The compiler's own list: 800, 900 for 8.0 and 9.0.
  static constexpr auto kBuilt = [] {
    std::array built{__CUDA_ARCH_LIST__};
    for (int& capability : built) capability /= 10;
    return built;
  }();
  return kBuilt;
}

}  // namespace node_cudnn::cudnn
