#include "batch_normalization.h"
#include "channel_tile.cuh"
#include "element.cuh"

namespace node_cudnn::cudnn {

namespace {

__global__ void identityParameters(float* gamma, float* beta, std::int64_t channels) {
  for (std::int64_t c = gridThread(); c < channels; c += gridThreads()) {
    if (gamma != nullptr) gamma[c] = 1;
    if (beta != nullptr) beta[c] = 0;
  }
}

__global__ void varianceOf(const float* inverseDeviation, float* variance, std::int64_t channels,
                           double epsilon) {
  for (std::int64_t c = gridThread(); c < channels; c += gridThreads()) {
    const double inverse = inverseDeviation[c];
    variance[c] = static_cast<float>(fmax(1 / (inverse * inverse) - epsilon, 0.0));
  }
}

__global__ void channelMap(BatchParameters parameters, const float* mean, const float* variance,
                           ChannelMap map, std::int64_t channels) {
  for (std::int64_t c = gridThread(); c < channels; c += gridThreads()) {
    const double inverse = 1 / sqrt(static_cast<double>(variance[c]) + parameters.epsilon);
    const double scale = (parameters.gamma == nullptr ? 1.0 : parameters.gamma[c]) * inverse;
    const double beta = parameters.beta == nullptr ? 0.0 : parameters.beta[c];
    if (map.scale != nullptr) map.scale[c] = static_cast<float>(scale);
    if (map.shift != nullptr) map.shift[c] = static_cast<float>(beta - mean[c] * scale);
    if (map.inverseDeviation != nullptr) map.inverseDeviation[c] = static_cast<float>(inverse);
  }
}

template <typename Element>
__global__ void mapped(ChannelTile tile, const Element* x, const float* scale, const float* shift,
                       Element* y, std::int64_t rows, std::int64_t channels) {
  const std::int64_t channel = tile.channel();
  if (channel >= channels) return;
  const float factor = scale[channel];
  const float offset = shift == nullptr ? 0 : shift[channel];
  for (std::int64_t row = tile.firstRow(); row < rows; row += tile.rowStep()) {
    const std::int64_t i = row * channels + channel;
    assign(y[i], toFloat(x[i]) * factor + offset);
  }
}

template <typename Element>
__global__ void momentSums(ChannelTile tile, const Element* x, double* partial, std::int64_t rows,
                           std::int64_t channels) {
  const std::int64_t channel = tile.channel();
  float sum = 0;
  float squares = 0;
  if (channel < channels) {
    // Differences from any value near the mean keep the digits that a large mean would cost.
    const float origin = toFloat(x[channel]);
    for (std::int64_t row = tile.firstRow(); row < rows; row += tile.rowStep()) {
      const float difference = toFloat(x[row * channels + channel]) - origin;
      sum += difference;
      squares += difference * difference;
    }
  }
  writePartial(tile, channels, {sum, squares}, partial);
}

template <typename Element>
__global__ void moments(int rowBlocks, const Element* x, const double* partial, float* mean,
                        float* variance, std::int64_t rows, std::int64_t channels) {
  for (std::int64_t c = blockIdx.x; c < channels; c += gridDim.x) {
    const ChannelSums<2> totals = totalsOf<2>(partial, rowBlocks, channels, c);
    if (threadIdx.x != 0) continue;
    const double difference = totals.at[0] / static_cast<double>(rows);
    const double square = totals.at[1] / static_cast<double>(rows);
    mean[c] = static_cast<float>(toFloat(x[c]) + difference);
    variance[c] = static_cast<float>(fmax(square - difference * difference, 0.0));
  }
}

template <typename Element>
__global__ void gradientSums(ChannelTile tile, const Element* x, const Element* dy,
                             const float* mean, const float* inverseDeviation, double* partial,
                             std::int64_t rows, std::int64_t channels) {
  const std::int64_t channel = tile.channel();
  float sum = 0;
  float product = 0;
  if (channel < channels) {
    const float center = mean[channel];
    for (std::int64_t row = tile.firstRow(); row < rows; row += tile.rowStep()) {
      const std::int64_t i = row * channels + channel;
      const float gradient = toFloat(dy[i]);
      sum += gradient;
      product += gradient * (toFloat(x[i]) - center);
    }
    product *= inverseDeviation[channel];
  }
  writePartial(tile, channels, {sum, product}, partial);
}

__global__ void parameterGradients(int rowBlocks, const double* partial, float* dgamma,
                                   float* dbeta, std::int64_t channels) {
  for (std::int64_t c = blockIdx.x; c < channels; c += gridDim.x) {
    const ChannelSums<2> totals = totalsOf<2>(partial, rowBlocks, channels, c);
    if (threadIdx.x != 0) continue;
    if (dbeta != nullptr) dbeta[c] = static_cast<float>(totals.at[0]);
    if (dgamma != nullptr) dgamma[c] = static_cast<float>(totals.at[1]);
  }
}

template <typename Element>
__global__ void inputGradient(ChannelTile tile, BatchGradient gradient, Element* dx,
                              std::int64_t rows, std::int64_t channels) {
  const std::int64_t channel = tile.channel();
  if (channel >= channels) return;
  const auto* x = static_cast<const Element*>(gradient.x);
  const auto* dy = static_cast<const Element*>(gradient.dy);
  const float center = gradient.mean[channel];
  const float inverse = gradient.inverseDeviation[channel];
  const float scale = (gradient.gamma == nullptr ? 1 : gradient.gamma[channel]) * inverse;
  const float share = 1 / static_cast<float>(rows);
  const float slope = inverse * gradient.dgamma[channel] * share;
  const float shift = gradient.dbeta[channel] * share;
  for (std::int64_t row = tile.firstRow(); row < rows; row += tile.rowStep()) {
    const std::int64_t i = row * channels + channel;
    const float change = shift + (toFloat(x[i]) - center) * slope;
    assign(dx[i], scale * (toFloat(dy[i]) - change));
  }
}

}  // namespace

void launchIdentityParameters(cudaStream_t stream, std::int64_t channels, float* gamma,
                              float* beta) {
  identityParameters<<<blocksFor(channels), kThreads, 0, stream>>>(gamma, beta, channels);
}

void launchVariance(cudaStream_t stream, std::int64_t channels, double epsilon,
                    const float* inverseDeviation, float* variance) {
  varianceOf<<<blocksFor(channels), kThreads, 0, stream>>>(inverseDeviation, variance, channels,
                                                           epsilon);
}

void launchChannelMap(cudaStream_t stream, std::int64_t channels, const BatchParameters& parameters,
                      const float* mean, const float* variance, const ChannelMap& map) {
  channelMap<<<blocksFor(channels), kThreads, 0, stream>>>(parameters, mean, variance, map,
                                                           channels);
}

void launchMapped(cudaStream_t stream, const ChannelRows& shape, const void* x, const float* scale,
                  const float* shift, void* y) {
  const ChannelTile tile(shape);
  withElement(shape.type, [&](auto element) {
    using Element = decltype(element);
    mapped<<<tile.blocks(), kThreads, 0, stream>>>(tile, static_cast<const Element*>(x), scale,
                                                   shift, static_cast<Element*>(y), shape.rows,
                                                   shape.channels);
  });
}

void launchMomentSums(cudaStream_t stream, const ChannelRows& shape, const void* x,
                      double* partial) {
  const ChannelTile tile(shape);
  withElement(shape.type, [&](auto element) {
    momentSums<<<tile.blocks(), kThreads, 0, stream>>>(
        tile, static_cast<const decltype(element)*>(x), partial, shape.rows, shape.channels);
  });
}

void launchMoments(cudaStream_t stream, const ChannelRows& shape, const void* x,
                   const double* partial, float* mean, float* variance) {
  const ChannelTile tile(shape);
  withElement(shape.type, [&](auto element) {
    moments<<<blocksFor(shape.channels * kThreads), kThreads, 0, stream>>>(
        tile.rowBlocks, static_cast<const decltype(element)*>(x), partial, mean, variance,
        shape.rows, shape.channels);
  });
}

void launchGradientSums(cudaStream_t stream, const ChannelRows& shape, const void* x,
                        const void* dy, const float* mean, const float* inverseDeviation,
                        double* partial) {
  const ChannelTile tile(shape);
  withElement(shape.type, [&](auto element) {
    using Element = decltype(element);
    gradientSums<<<tile.blocks(), kThreads, 0, stream>>>(
        tile, static_cast<const Element*>(x), static_cast<const Element*>(dy), mean,
        inverseDeviation, partial, shape.rows, shape.channels);
  });
}

void launchParameterGradients(cudaStream_t stream, const ChannelRows& shape, const double* partial,
                              float* dgamma, float* dbeta) {
  const ChannelTile tile(shape);
  parameterGradients<<<blocksFor(shape.channels * kThreads), kThreads, 0, stream>>>(
      tile.rowBlocks, partial, dgamma, dbeta, shape.channels);
}

void launchInputGradient(cudaStream_t stream, const ChannelRows& shape,
                         const BatchGradient& gradient, void* dx) {
  const ChannelTile tile(shape);
  withElement(shape.type, [&](auto element) {
    inputGradient<<<tile.blocks(), kThreads, 0, stream>>>(
        tile, gradient, static_cast<decltype(element)*>(dx), shape.rows, shape.channels);
  });
}

}  // namespace node_cudnn::cudnn
