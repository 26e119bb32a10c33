// Kernels over rows. A row is worked on by a team: one thread where classes are few, else a block.
#pragma once

#include "block.cuh"
#include "element.cuh"
#include "rows.h"

namespace node_cudnn::cudnn {

// A value and where it stands; the first of equal ones wins.
struct Highest {
  float value;
  std::int64_t index;

  __device__ void take(const Highest& other) {
    const bool earlier = other.value == value && other.index < index;
    if (other.value > value || earlier) *this = other;
  }
};

struct ThreadTeam {
  static constexpr int kSize = 1;
  __device__ static int rank() { return 0; }
  __device__ static double sum(double value) { return value; }
  __device__ static Highest highest(const Highest& value) { return value; }
};

// Every thread of the block calls sum() and highest(), and gets the same.
struct BlockTeam {
  static constexpr int kSize = kThreads;
  __device__ static int rank() { return static_cast<int>(threadIdx.x); }
  __device__ static double sum(double value) { return blockSum(value); }
  __device__ static Highest highest(const Highest& value) {
    __shared__ Highest all[kThreads];
    const int thread = rank();
    __syncthreads();  // the result of the call before has been read
    all[thread] = value;
    __syncthreads();
#pragma unroll
    for (int half = kThreads / 2; half > 0; half /= 2) {
      if (thread < half) all[thread].take(all[thread + half]);
      __syncthreads();
    }
    return all[0];
  }
};

template <typename Element>
struct Row {
  const Element* predictions;
  const std::int32_t* label;  // null when dense
  const float* dense;
  std::int64_t classes;
  Element* gradient;  // null: not wanted
  double factor;      // scale w / (samples positions), of the gradient

  __device__ float prediction(std::int64_t c) const { return toFloat(predictions[c]); }
  __device__ float target(std::int64_t c) const {
    return label == nullptr ? dense[c] : (*label == c ? 1.0F : 0.0F);
  }
  __device__ void setGradient(std::int64_t c, double slope) const {
    assign(gradient[c], static_cast<float>(factor * slope));
  }
};

// Calls body(c) for the team member's share of the classes.
template <typename Team, typename Body>
__device__ inline void forClasses(std::int64_t classes, const Body& body) {
  for (std::int64_t c = Team::rank(); c < classes; c += Team::kSize) body(c);
}

template <typename Team, typename Value>
__device__ inline Highest highestOf(std::int64_t classes, const Value& value) {
  const std::int64_t first = Team::rank();
  Highest best{-INFINITY, INT64_MAX};
  if (first < classes) best = {value(first), first};
  for (std::int64_t c = first + Team::kSize; c < classes; c += Team::kSize) {
    const float other = value(c);
    if (other > best.value) best = {other, c};
  }
  return Team::highest(best);
}

inline constexpr std::int64_t kThreadClasses = 32;  // the most that one thread works through
inline constexpr std::int64_t kPartials = 1024;     // the most blocks that add up rows

inline bool byThread(const RowShape& shape) { return shape.classes <= kThreadClasses; }

inline unsigned rowBlocks(const RowShape& shape) {
  const std::int64_t rows = shape.samples * shape.positions;
  if (byThread(shape)) return blocksFor(rows, kPartials);
  return static_cast<unsigned>(std::clamp<std::int64_t>(rows, 1, kPartials));
}

// partial[block] = sum over its rows of w / positions * function(row).
template <typename Team, typename Function, typename Element>
__global__ void sumRows(Function function, RowShape shape, const Element* predictions,
                        const void* targets, const float* weights, Element* gradient, double scale,
                        double* partial) {
  const std::int64_t rows = shape.samples * shape.positions;
  const double share = 1.0 / static_cast<double>(shape.positions);
  const double factor = scale * share / static_cast<double>(shape.samples);
  constexpr bool alone = Team::kSize == 1;
  const std::int64_t step = alone ? gridThreads() : static_cast<std::int64_t>(gridDim.x);
  double sum = 0;
  for (std::int64_t r = alone ? gridThread() : static_cast<std::int64_t>(blockIdx.x); r < rows;
       r += step) {
    const double weight = weights == nullptr ? 1.0 : weights[r];
    const std::int64_t at = r * shape.classes;
    const Row<Element> row{predictions + at,
                           shape.labels ? static_cast<const std::int32_t*>(targets) + r : nullptr,
                           shape.labels ? nullptr : static_cast<const float*>(targets) + at,
                           shape.classes,
                           gradient == nullptr ? nullptr : gradient + at,
                           factor * weight};
    sum += weight * share * function.template operator()<Team>(row);
  }
  // A block team agreed on one sum.
  const double all = alone ? blockSum(sum) : sum;
  if (threadIdx.x == 0) partial[blockIdx.x] = all;
}

// Adds {sum of partial, samples} to the accumulator; the sum of countedWeights / positions instead
// of samples unless they are null.
void launchAccumulate(cudaStream_t stream, const RowShape& shape, const RowOperands& rows,
                      const float* countedWeights);

template <typename Function>
void launchRows(cudaStream_t stream, const RowShape& shape, const RowOperands& rows, void* gradient,
                double scale, const Function& function) {
  withElement(rows.type, [&](auto element) {
    using Element = decltype(element);
    const auto* predictions = static_cast<const Element*>(rows.predictions);
    auto* gradients = static_cast<Element*>(gradient);
    const unsigned blocks = rowBlocks(shape);
    if (byThread(shape)) {
      sumRows<ThreadTeam><<<blocks, kThreads, 0, stream>>>(
          function, shape, predictions, rows.targets, rows.weights, gradients, scale, rows.partial);
    } else {
      sumRows<BlockTeam><<<blocks, kThreads, 0, stream>>>(
          function, shape, predictions, rows.targets, rows.weights, gradients, scale, rows.partial);
    }
  });
}

template <typename Function>
void launchLoss(cudaStream_t stream, const RowShape& shape, const LossOperands& loss,
                const Function& function) {
  launchRows(stream, shape, loss.rows, loss.gradient, loss.scale, function);
  launchAccumulate(stream, shape, loss.rows, loss.countWeights ? loss.rows.weights : nullptr);
}

template <typename Function>
void launchMetric(cudaStream_t stream, const RowShape& shape, const RowOperands& rows,
                  const Function& function) {
  launchRows(stream, shape, rows, nullptr, 1, function);
  launchAccumulate(stream, shape, rows, rows.weights);
}

}  // namespace node_cudnn::cudnn
