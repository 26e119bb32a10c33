// Resizing of images [count,height,width,channels].
#pragma once

#include <cstdint>
#include <span>

#include "backend.h"

namespace node_cudnn {

struct ImageSize {
  std::int64_t height = 0;
  std::int64_t width = 0;
};

struct ImageBatch {
  const void* data = nullptr;
  HostType type = HostType::Float32;  // or Uint8
  std::int64_t count = 0;
  ImageSize size;
  std::int64_t channels = 0;
};

// Where a resized image lies within its target: the rest is padding.
struct Placement {
  ImageSize size;
  std::int64_t top = 0;
  std::int64_t left = 0;
};

// The largest size of the same aspect ratio that fits in the target, rounded down to whole pixels
// (at least one), and centred before rounding, as tf.image.resize_with_pad does.
Placement placeWithPad(const ImageSize& size, const ImageSize& target);

// Writes the images, resized and multiplied by `scale`, into their places in `output`
// [count,target.height,target.width,channels]; what lies outside them is not written. Bilinear with
// half-pixel centres (output pixel i samples at (i + 0.5) * input / output - 0.5, clamped to the
// edge), without antialiasing. Throws Error(Shape) when `output` has another size.
void resizeWithPad(const ImageBatch& images, const ImageSize& target, float scale,
                   std::span<float> output);

}  // namespace node_cudnn
