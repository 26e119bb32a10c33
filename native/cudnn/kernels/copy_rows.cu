#include <algorithm>
#include <span>

#include "copy_rows.h"
#include "multi_tensor.cuh"
#include "unit.cuh"

namespace node_cudnn::cudnn {

namespace {

constexpr int kCopies = 64;

struct RowCopies {
  BlockTable<kCopies> blocks;
  RowCopy copies[kCopies];  // widths and steps in units
};
static_assert(sizeof(RowCopies) <= kParameterBytes);

template <typename Unit, typename Counter>
__global__ void copyRows(const __grid_constant__ RowCopies table) {
  const Part part = table.blocks.part();
  const RowCopy& copy = table.copies[part.tensor];
  const auto width = static_cast<Counter>(copy.width);
  const auto count = static_cast<Counter>(copy.rows * copy.width);
  for (auto i = static_cast<Counter>(part.first); i < count; i += static_cast<Counter>(part.step)) {
    const auto row = static_cast<std::int64_t>(i / width);
    const auto column = static_cast<std::int64_t>(i % width);
    static_cast<Unit*>(copy.to)[row * copy.toStep + column] =
        static_cast<const Unit*>(copy.from)[row * copy.fromStep + column];
  }
}

int unitOf(std::span<const RowCopy> copies) {
  UnitSize unit;
  for (const RowCopy& copy : copies) {
    unit.add(copy.from);
    unit.add(copy.to);
    unit.add(copy.width);
    unit.add(copy.fromStep);
    unit.add(copy.toStep);
  }
  return unit.bytes();
}

void launch(cudaStream_t stream, std::span<const RowCopy> copies) {
  const int bytes = unitOf(copies);
  RowCopies table{};
  std::int64_t most = 0;
  for (std::size_t i = 0; i < copies.size(); ++i) {
    RowCopy& copy = table.copies[i] = copies[i];
    copy.width /= bytes;
    copy.fromStep /= bytes;
    copy.toStep /= bytes;
    most = std::max(most, copy.rows * copy.width);
  }
  const auto countOf = [&](int i) { return table.copies[i].rows * table.copies[i].width; };
  table.blocks.fill(static_cast<int>(copies.size()), countOf, 4 * kThreads, 4096);
  withUnit(bytes, [&](auto unit) {
    withCounter(most, [&](auto counter) {
      copyRows<decltype(unit), decltype(counter)>
          <<<static_cast<unsigned>(table.blocks.blocks()), kThreads, 0, stream>>>(table);
    });
  });
}

}  // namespace

void launchRowCopies(cudaStream_t stream, const std::vector<RowCopy>& copies) {
  std::span<const RowCopy> left = copies;
  while (!left.empty()) {
    const std::size_t now = std::min<std::size_t>(left.size(), kCopies);
    launch(stream, left.first(now));
    left = left.subspan(now);
  }
}

}  // namespace node_cudnn::cudnn
