#include "block.cuh"
#include "moving_average.h"
#include "multi_tensor.cuh"

namespace node_cudnn::cudnn {

namespace {

constexpr int kAverages = 110;

struct Averages {
  BlockTable<kAverages> blocks;
  MovingAverage averages[kAverages];
};
static_assert(sizeof(Averages) + sizeof(double*) <= kParameterBytes);

__global__ void average(const __grid_constant__ Averages table, const double* norms) {
  if (!isFinite(norms[0])) return;
  const Part part = table.blocks.part();
  const MovingAverage& own = table.averages[part.tensor];
  const auto one = [=](std::int64_t i) {
    const double mean = own.momentum * own.moving[i] + (1 - own.momentum) * own.value[i];
    own.moving[i] = static_cast<float>(mean);
  };
  forPart<1>(part, own.count, one, one);
}

}  // namespace

int movingAverageLaunches(std::size_t averages) {
  return static_cast<int>((averages + kAverages - 1) / kAverages);
}

void launchMovingAverages(cudaStream_t stream, const double* norms,
                          std::span<const MovingAverage> averages) {
  while (!averages.empty()) {
    const std::span<const MovingAverage> now =
        averages.first(std::min<std::size_t>(averages.size(), kAverages));
    averages = averages.subspan(now.size());
    Averages table{};
    std::ranges::copy(now, table.averages);
    table.blocks.fill(
        static_cast<int>(now.size()), [&](int i) { return table.averages[i].count; }, 1024, 1024);
    average<<<table.blocks.blocks(), kThreads, 0, stream>>>(table, norms);
  }
}

}  // namespace node_cudnn::cudnn
