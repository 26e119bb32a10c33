#include "convolution.h"

#include <algorithm>

namespace node_cudnn::onednn {

// Left to itself oneDNN takes Winograd's F(4x4,3x3) for large convolutions with dense 3x3 kernels
// of stride 1. That pays only where the output fills its tiles of 4x4 (13x13: 0.66 of them, 1.7
// times as fast as the direct form; 5x5: 0.39, slower), and where its transforms are shared by
// channels (3 to 96 of them on 32x32 images: four times as slow as the direct form).
dnnl::algorithm algorithmFor(const Shape& kernel, const Shape& y) {
  constexpr std::int64_t kLeastChannels = 24;
  constexpr double kLeastFilled = 0.5;
  const auto filled = [](std::int64_t length) {
    return static_cast<double>(length) / static_cast<double>((length + 3) / 4 * 4);
  };
  const bool pays = std::min(kernel[2], kernel[3]) >= kLeastChannels &&
                    filled(y[1]) * filled(y[2]) >= kLeastFilled;
  return pays ? dnnl::algorithm::convolution_auto : dnnl::algorithm::convolution_direct;
}

}  // namespace node_cudnn::onednn
