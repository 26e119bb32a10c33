#include <span>

#include "cast.h"
#include "element.cuh"
#include "multi_tensor.cuh"

namespace node_cudnn::cudnn {

namespace {

constexpr int kCasts = kCastsOfOneLaunch;

struct Casts {
  BlockTable<kCasts> blocks;
  Cast casts[kCasts];
};
static_assert(sizeof(Casts) <= kParameterBytes);

template <typename From, typename To>
__global__ void castAll(const __grid_constant__ Casts table) {
  const Part part = table.blocks.part();
  const Cast& cast = table.casts[part.tensor];
  const auto* from = static_cast<const From*>(cast.from);
  auto* to = static_cast<To*>(cast.to);
  forPart<8>(
      part, cast.count,
      [=](std::int64_t i) {
        float values[8];
        load(from + i, values);
        store(to + i, values);
      },
      [=](std::int64_t i) { assign(to[i], toFloat(from[i])); });
}

}  // namespace

void launchCasts(cudaStream_t stream, const CastTable& table) {
  std::span<const Cast> left = table.casts;
  while (!left.empty()) {
    const std::span<const Cast> now = left.first(std::min<std::size_t>(left.size(), kCasts));
    left = left.subspan(now.size());
    Casts casts{};
    std::ranges::copy(now, casts.casts);
    casts.blocks.fill(
        static_cast<int>(now.size()), [&](int i) { return casts.casts[i].count; }, 8192, 2048);
    if (table.to == DataType::BFloat16) {
      castAll<float, BFloat16><<<casts.blocks.blocks(), kThreads, 0, stream>>>(casts);
    } else {
      castAll<BFloat16, float><<<casts.blocks.blocks(), kThreads, 0, stream>>>(casts);
    }
  }
}

}  // namespace node_cudnn::cudnn
