#include <cmath>

#include "accuracy.h"
#include "rows.cuh"

namespace node_cudnn::cudnn {

namespace {

template <typename Team, typename Element>
__device__ std::int64_t classOf(const Row<Element>& row) {
  if (row.label != nullptr) return *row.label;
  return highestOf<Team>(row.classes, [&](std::int64_t c) { return row.dense[c]; }).index;
}

struct CategoricalAccuracy {
  template <typename Team, typename Element>
  __device__ double operator()(const Row<Element>& row) const {
    const auto prediction = [&](std::int64_t c) { return row.prediction(c); };
    const std::int64_t predicted = highestOf<Team>(row.classes, prediction).index;
    return predicted == classOf<Team>(row) ? 1.0 : 0.0;
  }
};

struct BinaryAccuracy {
  float threshold;

  template <typename Team, typename Element>
  __device__ double operator()(const Row<Element>& row) const {
    double right = 0;
    forClasses<Team>(row.classes, [&](std::int64_t c) {
      const float predicted = row.prediction(c) > threshold ? 1.0F : 0.0F;
      right += predicted == row.target(c) ? 1.0 : 0.0;
    });
    return Team::sum(right) / static_cast<double>(row.classes);
  }
};

struct TopKAccuracy {
  std::int64_t k;

  template <typename Team, typename Element>
  __device__ double operator()(const Row<Element>& row) const {
    const float own = row.prediction(classOf<Team>(row));
    std::int64_t above = 0;
    forClasses<Team>(row.classes,
                     [&](std::int64_t c) { above += row.prediction(c) > own ? 1 : 0; });
    return Team::sum(static_cast<double>(above)) < static_cast<double>(k) ? 1.0 : 0.0;
  }
};

}  // namespace

void launchCategoricalAccuracy(cudaStream_t stream, const RowShape& shape,
                               const RowOperands& rows) {
  launchMetric(stream, shape, rows, CategoricalAccuracy{});
}

void launchBinaryAccuracy(cudaStream_t stream, const RowShape& shape, const RowOperands& rows,
                          float threshold) {
  launchMetric(stream, shape, rows, BinaryAccuracy{threshold});
}

void launchTopKAccuracy(cudaStream_t stream, const RowShape& shape, const RowOperands& rows,
                        std::int64_t k) {
  launchMetric(stream, shape, rows, TopKAccuracy{k});
}

}  // namespace node_cudnn::cudnn
