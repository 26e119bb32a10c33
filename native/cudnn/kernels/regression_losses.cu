#include <cmath>

#include "regression_losses.h"
#include "rows.cuh"

namespace node_cudnn::cudnn {

namespace {

struct SquaredError {
  template <typename Team, typename Element>
  __device__ double operator()(const Row<Element>& row) const {
    const double share = 1.0 / static_cast<double>(row.classes);
    double loss = 0;
    forClasses<Team>(row.classes, [&](std::int64_t c) {
      const double error = static_cast<double>(row.prediction(c)) - row.target(c);
      loss += error * error;
      if (row.gradient != nullptr) row.setGradient(c, 2 * share * error);
    });
    return Team::sum(loss) * share;
  }
};

struct AbsoluteError {
  template <typename Team, typename Element>
  __device__ double operator()(const Row<Element>& row) const {
    const double share = 1.0 / static_cast<double>(row.classes);
    double loss = 0;
    forClasses<Team>(row.classes, [&](std::int64_t c) {
      const double error = static_cast<double>(row.prediction(c)) - row.target(c);
      const double sign = error > 0 ? 1.0 : error < 0 ? -1.0 : 0.0;
      loss += fabs(error);
      if (row.gradient != nullptr) row.setGradient(c, share * sign);
    });
    return Team::sum(loss) * share;
  }
};

}  // namespace

void launchMeanSquaredError(cudaStream_t stream, const RowShape& shape,
                            const LossOperands& operands) {
  launchLoss(stream, shape, operands, SquaredError{});
}

void launchMeanAbsoluteError(cudaStream_t stream, const RowShape& shape,
                             const LossOperands& operands) {
  launchLoss(stream, shape, operands, AbsoluteError{});
}

}  // namespace node_cudnn::cudnn
