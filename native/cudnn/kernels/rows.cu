#include "rows.cuh"

namespace node_cudnn::cudnn {

namespace {

__global__ void accumulate(const double* partial, int partials, const float* weights,
                           RowShape shape, double* accumulator) {
  double sum = 0;
  for (int i = static_cast<int>(threadIdx.x); i < partials; i += kThreads) sum += partial[i];
  sum = blockSum(sum);
  double count = static_cast<double>(shape.samples);
  if (weights != nullptr) {
    const std::int64_t rows = shape.samples * shape.positions;
    double own = 0;
    for (std::int64_t i = threadIdx.x; i < rows; i += kThreads) own += weights[i];
    count = blockSum(own) / static_cast<double>(shape.positions);
  }
  if (threadIdx.x == 0) {
    accumulator[0] += sum;
    accumulator[1] += count;
  }
}

}  // namespace

std::size_t partialBytes(const RowShape& shape) { return rowBlocks(shape) * sizeof(double); }

void launchAccumulate(cudaStream_t stream, const RowShape& shape, const RowOperands& rows,
                      const float* countedWeights) {
  accumulate<<<1, kThreads, 0, stream>>>(rows.partial, static_cast<int>(rowBlocks(shape)),
                                         countedWeights, shape, rows.accumulator);
}

}  // namespace node_cudnn::cudnn
