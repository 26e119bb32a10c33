#include "merged_groups.h"

#include <algorithm>

namespace node_cudnn::onednn {

std::int64_t groupsToMerge(const Shape& kernel, std::int64_t groups) {
  constexpr std::int64_t kVector = 16;
  const std::int64_t most = std::max(kernel[2], kernel[3] / groups);
  if (most <= 1 || most >= kVector) return 1;
  const std::int64_t merge = kVector / most;
  return groups % merge == 0 ? merge : 1;
}

namespace {

// Calls body(place in the merged kernel, place in the groups' kernel) for every value of the
// latter.
struct Diagonal {
  std::int64_t taps, channels, filters, filtersOfGroup, merge;

  Diagonal(const Shape& kernel, std::int64_t groups, std::int64_t merged)
      : taps(kernel[0] * kernel[1]),
        channels(kernel[2]),
        filters(kernel[3]),
        filtersOfGroup(kernel[3] / groups),
        merge(merged) {}

  template <typename Body>
  void each(const Body& body) const {
    for (std::int64_t row = 0; row < taps * channels; ++row) {
      const std::int64_t first = row / channels * merge * channels + row % channels;
      for (std::int64_t filter = 0; filter < filters; ++filter) {
        const std::int64_t place = filter / filtersOfGroup % merge;
        body((first + place * channels) * filters + filter, row * filters + filter);
      }
    }
  }
};

}  // namespace

void emitBlockDiagonal(Lowering& lowering, BufferId kernel, BufferId merged,
                       const Shape& kernelShape, std::int64_t groups, std::int64_t merge) {
  const Diagonal diagonal(kernelShape, groups, merge);
  const std::int64_t count = merge * elementCount(kernelShape);
  Command command;
  command.reads = {kernel};
  command.writes = {merged};
  command.kernel = loopKernel({kernel, merged}, [=](const Pointers& p, const StepState&) {
    std::fill_n(p.floats(1), count, 0.0F);
    diagonal.each([&](std::int64_t in, std::int64_t of) { p.floats(1)[in] = p.floats(0)[of]; });
  });
  lowering.emit(std::move(command));
}

void emitDiagonal(Lowering& lowering, BufferId merged, BufferId kernel, const Shape& kernelShape,
                  std::int64_t groups, std::int64_t merge) {
  const Diagonal diagonal(kernelShape, groups, merge);
  Command command;
  command.reads = {merged};
  command.writes = {kernel};
  command.kernel = loopKernel({merged, kernel}, [=](const Pointers& p, const StepState&) {
    diagonal.each([&](std::int64_t in, std::int64_t of) { p.floats(1)[of] = p.floats(0)[in]; });
  });
  lowering.emit(std::move(command));
}

}  // namespace node_cudnn::onednn
