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

void emitDiagonal(Lowering& lowering, BufferId merged, BufferId kernel, const Shape& kernelShape,
                  std::int64_t groups, std::int64_t merge) {
  const std::int64_t taps = kernelShape[0] * kernelShape[1];
  const std::int64_t channels = kernelShape[2];
  const std::int64_t filters = kernelShape[3];
  const std::int64_t filtersOfGroup = filters / groups;
  Command command;
  command.reads = {merged};
  command.writes = {kernel};
  command.kernel = loopKernel({merged, kernel}, [=](const Pointers& p, const StepState&) {
    for (std::int64_t row = 0; row < taps * channels; ++row) {
      const std::int64_t first = row / channels * merge * channels + row % channels;
      for (std::int64_t filter = 0; filter < filters; ++filter) {
        const std::int64_t place = filter / filtersOfGroup % merge;
        p.floats(1)[row * filters + filter] =
            p.floats(0)[(first + place * channels) * filters + filter];
      }
    }
  });
  lowering.emit(std::move(command));
}

}  // namespace node_cudnn::onednn
