#include "rows.cuh"

namespace node_cudnn::cudnn {

namespace {

__global__ void accumulate(const double* partial, int partials, const float* weights,
                           std::int64_t samples, double* accumulator) {
  double sum = 0;
  for (int i = static_cast<int>(threadIdx.x); i < partials; i += kThreads) sum += partial[i];
  sum = blockSum(sum);
  double count = static_cast<double>(samples);
  if (weights != nullptr) {
    double own = 0;
    for (std::int64_t i = threadIdx.x; i < samples; i += kThreads) own += weights[i];
    count = blockSum(own);
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
                                         countedWeights, shape.samples, rows.accumulator);
}

}  // namespace node_cudnn::cudnn
