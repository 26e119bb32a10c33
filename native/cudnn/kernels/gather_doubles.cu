#include <algorithm>

#include "gather_doubles.h"

namespace node_cudnn::cudnn {

namespace {

constexpr int kPlaces = 128;
constexpr int kThreads = 32;

struct Places {
  const double* from[kPlaces];
  std::int32_t first[kPlaces + 1];  // where each goes; then their number
};
static_assert(sizeof(Places) <= 4096);

// One block for each place.
__global__ void gatherDoubles(const __grid_constant__ Places places, double* to) {
  const int place = static_cast<int>(blockIdx.x);
  const std::int32_t begin = places.first[place];
  const std::int32_t count = places.first[place + 1] - begin;
  for (std::int32_t i = static_cast<std::int32_t>(threadIdx.x); i < count; i += kThreads) {
    to[begin + i] = places.from[place][i];
  }
}

}  // namespace

void launchGatherDoubles(cudaStream_t stream, std::span<const Watched> watched, double* to) {
  while (!watched.empty()) {
    const std::size_t count = std::min<std::size_t>(watched.size(), kPlaces);
    Places places{};
    for (std::size_t i = 0; i < count; ++i) {
      places.from[i] = static_cast<const double*>(watched[i].address);
      places.first[i + 1] = places.first[i] + static_cast<std::int32_t>(watched[i].count);
    }
    gatherDoubles<<<static_cast<unsigned>(count), kThreads, 0, stream>>>(places, to);
    to += places.first[count];
    watched = watched.subspan(count);
  }
}

}  // namespace node_cudnn::cudnn
