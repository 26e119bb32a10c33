#include "block.cuh"
#include "permute.h"
#include "unit.cuh"

namespace node_cudnn::cudnn {

namespace {

constexpr int kTile = 32;
constexpr int kTileRows = kThreads / kTile;

// Where the elements of one combination of the outer axes begin, in the input.
template <typename Counter>
__device__ std::int64_t inputOffset(const Permutation& permutation, Counter index, int axes,
                                    int skipped) {
  std::int64_t offset = 0;
  for (int axis = axes - 1; axis >= 0; --axis) {
    if (axis == skipped) continue;
    const auto size = static_cast<Counter>(permutation.sizes[axis]);
    offset += static_cast<std::int64_t>(index % size) * permutation.steps[axis];
    index /= size;
  }
  return offset;
}

// The last axis stays the last: sizes and steps are in units.
template <typename Unit, typename Counter>
__global__ void gatherRuns(const __grid_constant__ Permutation permutation, const Unit* from,
                           Unit* to, std::int64_t units) {
  const auto count = static_cast<Counter>(units);
  for (auto i = static_cast<Counter>(gridThread()); i < count;
       i += static_cast<Counter>(gridThreads())) {
    to[i] = from[inputOffset(permutation, i, permutation.rank, -1)];
  }
}

// The input's last axis is the output's axis `across`: tiles of it and the output's last axis go
// through shared memory, so that both sides touch memory in runs.
struct Transposition {
  Permutation permutation;
  int across = 0;
  std::int64_t acrossStep = 0;  // of that axis, in the output
  std::int64_t tilesAcross = 0;
  std::int64_t tilesAlong = 0;
  std::int64_t tiles = 0;
};

// Where the outer axes' combination begins in the output.
__device__ std::int64_t outputOffset(const Transposition& t, std::int64_t outer) {
  std::int64_t offset = 0;
  std::int64_t step = t.permutation.sizes[t.permutation.rank - 1];
  for (int axis = t.permutation.rank - 2; axis >= 0; --axis) {
    if (axis != t.across) {
      offset += outer % t.permutation.sizes[axis] * step;
      outer /= t.permutation.sizes[axis];
    }
    step *= t.permutation.sizes[axis];
  }
  return offset;
}

template <typename Element>
__global__ void transpose(const __grid_constant__ Transposition t, const Element* from,
                          Element* to) {
  __shared__ Element tile[kTile][kTile + 1];
  const Permutation& p = t.permutation;
  const std::int64_t along = p.sizes[p.rank - 1];
  const std::int64_t alongStep = p.steps[p.rank - 1];
  const std::int64_t across = p.sizes[t.across];
  const int column = static_cast<int>(threadIdx.x) % kTile;
  const int row = static_cast<int>(threadIdx.x) / kTile;
  for (std::int64_t number = blockIdx.x; number < t.tiles; number += gridDim.x) {
    const std::int64_t outer = number / (t.tilesAcross * t.tilesAlong);
    const std::int64_t firstAcross = number / t.tilesAlong % t.tilesAcross * kTile;
    const std::int64_t firstAlong = number % t.tilesAlong * kTile;
    const Element* in = from + inputOffset<std::uint64_t>(p, outer, p.rank - 1, t.across);
    Element* out = to + outputOffset(t, outer);
    __syncthreads();  // the tile before has been written
    for (int r = row; r < kTile; r += kTileRows) {
      if (firstAlong + r < along && firstAcross + column < across) {
        tile[r][column] = in[(firstAlong + r) * alongStep + firstAcross + column];
      }
    }
    __syncthreads();
    for (int r = row; r < kTile; r += kTileRows) {
      if (firstAcross + r < across && firstAlong + column < along) {
        out[(firstAcross + r) * t.acrossStep + firstAlong + column] = tile[column][r];
      }
    }
  }
}

std::int64_t product(const Permutation& permutation) {
  std::int64_t count = 1;
  for (int axis = 0; axis < permutation.rank; ++axis) count *= permutation.sizes[axis];
  return count;
}

void launchGather(cudaStream_t stream, Permutation permutation, std::size_t elementBytes,
                  const void* from, void* to) {
  const auto element = static_cast<std::int64_t>(elementBytes);
  UnitSize unit;
  unit.add(from);
  unit.add(to);
  const int last = permutation.rank - 1;
  unit.add(permutation.sizes[last] * element);
  for (int axis = 0; axis < last; ++axis) unit.add(permutation.steps[axis] * element);
  permutation.sizes[last] = permutation.sizes[last] * element / unit.bytes();
  for (int axis = 0; axis < last; ++axis) {
    permutation.steps[axis] = permutation.steps[axis] * element / unit.bytes();
  }
  const std::int64_t units = product(permutation);
  withUnit(unit.bytes(), [&](auto u) {
    withCounter(units, [&](auto counter) {
      using Unit = decltype(u);
      gatherRuns<Unit, decltype(counter)><<<blocksFor(units), kThreads, 0, stream>>>(
          permutation, static_cast<const Unit*>(from), static_cast<Unit*>(to), units);
    });
  });
}

Transposition transpositionOf(const Permutation& permutation) {
  Transposition t{permutation};
  while (permutation.steps[t.across] != 1) ++t.across;
  t.acrossStep = 1;
  for (int axis = t.across + 1; axis < permutation.rank; ++axis) {
    t.acrossStep *= permutation.sizes[axis];
  }
  const std::int64_t along = permutation.sizes[permutation.rank - 1];
  const std::int64_t across = permutation.sizes[t.across];
  t.tilesAlong = (along + kTile - 1) / kTile;
  t.tilesAcross = (across + kTile - 1) / kTile;
  t.tiles = product(permutation) / (along * across) * t.tilesAlong * t.tilesAcross;
  return t;
}

}  // namespace

std::optional<Permutation> Permutation::of(const std::vector<std::int64_t>& shape,
                                           std::span<const std::size_t> order) {
  std::vector<std::int64_t> steps(shape.size(), 1);
  for (std::size_t axis = shape.size(); axis-- > 1;) steps[axis - 1] = steps[axis] * shape[axis];
  std::vector<std::int64_t> sizes;
  std::vector<std::int64_t> apart;
  for (const std::size_t axis : order) {
    if (shape[axis] == 1) continue;
    if (!sizes.empty() && apart.back() == steps[axis] * shape[axis]) {
      sizes.back() *= shape[axis];
      apart.back() = steps[axis];
    } else {
      sizes.push_back(shape[axis]);
      apart.push_back(steps[axis]);
    }
  }
  if (sizes.empty()) {
    sizes = {1};
    apart = {1};
  }
  if (sizes.size() > kPermutedAxes) return std::nullopt;
  Permutation permutation;
  permutation.rank = static_cast<int>(sizes.size());
  std::ranges::copy(sizes, permutation.sizes);
  std::ranges::copy(apart, permutation.steps);
  return permutation;
}

void launchPermute(cudaStream_t stream, const Permutation& permutation, std::size_t elementBytes,
                   const void* from, void* to) {
  if (permutation.steps[permutation.rank - 1] == 1) {
    return launchGather(stream, permutation, elementBytes, from, to);
  }
  const Transposition t = transpositionOf(permutation);
  const auto blocks = static_cast<unsigned>(std::min<std::int64_t>(t.tiles, 65536));
  if (elementBytes == 2) {
    transpose<<<blocks, kThreads, 0, stream>>>(t, static_cast<const std::uint16_t*>(from),
                                               static_cast<std::uint16_t*>(to));
  } else {
    transpose<<<blocks, kThreads, 0, stream>>>(t, static_cast<const std::uint32_t*>(from),
                                               static_cast<std::uint32_t*>(to));
  }
}

}  // namespace node_cudnn::cudnn
