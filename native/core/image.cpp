#include "image.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "error.h"

namespace node_cudnn {

namespace {

// The two input elements that an output element lies between, as offsets into a row or an image.
struct Sample {
  std::int64_t low = 0;
  std::int64_t high = 0;
  float weight = 0;  // of high
};

std::vector<Sample> samples(std::int64_t input, std::int64_t output, std::int64_t stride) {
  const float ratio = static_cast<float>(input) / static_cast<float>(output);
  std::vector<Sample> result(static_cast<std::size_t>(output));
  for (std::int64_t i = 0; i < output; ++i) {
    const float position = (static_cast<float>(i) + 0.5F) * ratio - 0.5F;
    const float floor = std::floor(position);
    const auto low = static_cast<std::int64_t>(floor);
    const std::int64_t last = input - 1;
    result[static_cast<std::size_t>(i)] = {std::clamp<std::int64_t>(low, 0, last) * stride,
                                           std::clamp<std::int64_t>(low + 1, 0, last) * stride,
                                           position - floor};
  }
  return result;
}

struct Sampling {
  std::vector<Sample> rows;
  std::vector<Sample> columns;
};

template <typename Pixel>
float mix(const Pixel* pixels, const Sample& sample) {
  const auto low = static_cast<float>(pixels[sample.low]);
  return low + (static_cast<float>(pixels[sample.high]) - low) * sample.weight;
}

template <typename Pixel>
void resizeRow(const Pixel* image, const Sample& row, const std::vector<Sample>& columns,
               std::int64_t channels, float scale, float* to) {
  const Pixel* top = image + row.low;
  const Pixel* bottom = image + row.high;
  for (const Sample& column : columns) {
    for (std::int64_t channel = 0; channel < channels; ++channel) {
      const float above = mix(top + channel, column);
      const float below = mix(bottom + channel, column);
      *to++ = (above + (below - above) * row.weight) * scale;
    }
  }
}

template <typename Pixel>
void resizeImages(const ImageBatch& images, const ImageSize& target, const Placement& placement,
                  float scale, float* output) {
  const std::int64_t rowElements = images.size.width * images.channels;
  const Sampling sampling{samples(images.size.height, placement.size.height, rowElements),
                          samples(images.size.width, placement.size.width, images.channels)};
  const auto* first = static_cast<const Pixel*>(images.data);
#pragma omp parallel for collapse(2) schedule(static)
  for (std::int64_t image = 0; image < images.count; ++image) {
    for (std::int64_t row = 0; row < placement.size.height; ++row) {
      const Pixel* from = first + image * images.size.height * rowElements;
      const std::int64_t line = image * target.height + placement.top + row;
      resizeRow(from, sampling.rows[static_cast<std::size_t>(row)], sampling.columns,
                images.channels, scale,
                output + (line * target.width + placement.left) * images.channels);
    }
  }
}

}  // namespace

Placement placeWithPad(const ImageSize& size, const ImageSize& target) {
  // In single precision, as TensorFlow: its rounding decides the last row and column.
  const auto height = static_cast<float>(size.height);
  const auto width = static_cast<float>(size.width);
  const auto targetHeight = static_cast<float>(target.height);
  const auto targetWidth = static_cast<float>(target.width);
  const float ratio = std::max(width / targetWidth, height / targetHeight);
  const float resizedHeight = height / ratio;
  const float resizedWidth = width / ratio;
  const auto whole = [](float pixels, std::int64_t most) {
    return std::clamp<std::int64_t>(static_cast<std::int64_t>(std::floor(pixels)), 1, most);
  };
  const auto padding = [](float space) {
    return std::max<std::int64_t>(0, static_cast<std::int64_t>(std::floor(space / 2)));
  };
  Placement placement;
  placement.size = {whole(resizedHeight, target.height), whole(resizedWidth, target.width)};
  placement.top =
      std::min(padding(targetHeight - resizedHeight), target.height - placement.size.height);
  placement.left =
      std::min(padding(targetWidth - resizedWidth), target.width - placement.size.width);
  return placement;
}

void resizeWithPad(const ImageBatch& images, const ImageSize& target, float scale,
                   std::span<float> output) {
  const std::int64_t expected =
      elementCount({images.count, target.height, target.width, images.channels});
  if (static_cast<std::int64_t>(output.size()) != expected) {
    throw Error(ErrorCode::Shape, "resizeWithPad",
                "expected room for " + std::to_string(expected) + " elements, got " +
                    std::to_string(output.size()));
  }
  const Placement placement = placeWithPad(images.size, target);
  if (images.type == HostType::Uint8) {
    resizeImages<std::uint8_t>(images, target, placement, scale, output.data());
  } else if (images.type == HostType::Float32) {
    resizeImages<float>(images, target, placement, scale, output.data());
  } else {
    throw Error(ErrorCode::Unsupported, "resizeWithPad", "expected float32 or uint8 images");
  }
}

}  // namespace node_cudnn
