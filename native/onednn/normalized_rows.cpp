#include "normalized_rows.h"

#include <algorithm>
#include <cmath>

#include "parallel.h"

namespace node_cudnn::onednn {

namespace {

// Calls body(power) where power(d) = d^-beta, without std::pow for the usual exponents.
template <typename Body>
void withPower(float beta, const Body& body) {
  if (beta == 0.5F) {
    body([](float d) { return 1 / std::sqrt(d); });
  } else if (beta == 0.75F) {
    body([](float d) {
      const float root = std::sqrt(d);
      return 1 / (root * std::sqrt(root));
    });
  } else if (beta == 1.0F) {
    body([](float d) { return 1 / d; });
  } else {
    body([beta](float d) { return std::pow(d, -beta); });
  }
}

// Calls body(c, sum of value(i) over [c - radius, c + radius]) for each channel in order.
template <typename Value, typename Body>
void slide(std::int64_t channels, std::int64_t radius, const Value& value, const Body& body) {
  double sum = 0;
  for (std::int64_t i = 0; i < std::min(radius, channels); ++i) sum += value(i);
  for (std::int64_t c = 0; c < channels; ++c) {
    if (c + radius < channels) sum += value(c + radius);
    body(c, sum);
    if (c >= radius) sum -= value(c - radius);
  }
}

std::int64_t rowsPerChunk(std::int64_t channels) {
  return std::max<std::int64_t>(1, kChunk / channels);
}

}  // namespace

void NormalizedRows::forward(const float* x, float* scales, float* y) const {
  withPower(beta, [&, all = *this](auto power) {
    parallelChunks(rows, rowsPerChunk(channels), [=](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = begin; row < end; ++row) {
        const float* in = x + row * all.channels;
        float* d = scales + row * all.channels;
        slide(
            all.channels, all.radius,
            [in](std::int64_t i) { return static_cast<double>(in[i]) * in[i]; },
            [d, all](std::int64_t c, double sum) {
              d[c] = static_cast<float>(all.bias + all.alpha * sum);
            });
      }
      const auto local = power;
#pragma GCC ivdep
      for (std::int64_t i = begin * all.channels; i < end * all.channels; ++i) {
        y[i] = x[i] * local(scales[i]);
      }
    });
  });
}

// dx = dy d^-beta - 2 alpha beta x (sum over the window of dy x d^(-beta - 1)).
void NormalizedRows::backward(const float* x, const float* dy, float* scales, float* dx) const {
  withPower(beta, [&, all = *this](auto power) {
    parallelChunks(rows, rowsPerChunk(channels), [=](std::int64_t begin, std::int64_t end) {
      const auto local = power;
#pragma GCC ivdep
      for (std::int64_t i = begin * all.channels; i < end * all.channels; ++i) {
        const float d = scales[i];
        const float scaled = dy[i] * local(d);
        dx[i] = scaled;
        scales[i] = scaled * x[i] / d;
      }
      const double factor = 2.0 * all.alpha * all.beta;
      for (std::int64_t row = begin; row < end; ++row) {
        const float* in = x + row * all.channels;
        const float* terms = scales + row * all.channels;
        float* out = dx + row * all.channels;
        slide(
            all.channels, all.radius, [terms](std::int64_t i) { return terms[i]; },
            [=](std::int64_t c, double sum) {
              out[c] = static_cast<float>(out[c] - factor * in[c] * sum);
            });
      }
    });
  });
}

}  // namespace node_cudnn::onednn
