// moving = momentum moving + (1 - momentum) value, unless the step is not finite. All pairs of a
// joined op in one launch.
#include "kernels/moving_average.h"

#include "launch_count.h"
#include "lowering.h"

namespace node_cudnn::cudnn {

namespace {

struct Average {
  TensorId moving;
  TensorId value;
  double momentum;
};

void emitAverages(Lowering& lowering, TensorId norms, const std::vector<Average>& pairs) {
  std::vector<BufferId> buffers = {lowering.own(norms)};
  std::vector<MovingAverage> averages;
  Command command;
  for (const Average& pair : pairs) {
    const BufferId moving = lowering.own(pair.moving);
    command.writes.push_back(moving);
    buffers.insert(buffers.end(), {moving, lowering.as(pair.value, DataType::Float32)});
    MovingAverage average;
    average.count = elementCount(lowering.shape(pair.moving));
    average.momentum = pair.momentum;
    averages.push_back(average);
  }
  command.work = Work::Optimizer;
  command.reads = buffers;
  command.launches = movingAverageLaunches(averages.size());
  command.detail = launchCount(command.launches);
  lowering.emitLaunch(
      std::move(command), std::move(buffers),
      [averages = std::move(averages)](const Pointers& pointers, const Execution& execution) {
        std::vector<MovingAverage> all = averages;
        for (std::size_t i = 0; i < all.size(); ++i) {
          all[i].moving = pointers.as<float>(1 + 2 * i);
          all[i].value = pointers.as<const float>(2 + 2 * i);
        }
        launchMovingAverages(execution.stream, pointers.as<const double>(0), all);
      });
  for (const Average& pair : pairs) lowering.updated(pair.moving);
}

void lowerSingle(Lowering& lowering, const Op& op) {
  emitAverages(lowering, op.inputs[2],
               {{op.inputs[0], op.inputs[1], op.attributes.number("momentum")}});
}

void lowerJoined(Lowering& lowering, const Op& op) {
  const auto& momentum = std::get<std::vector<double>>(op.attributes.values().at("momentum"));
  std::vector<Average> pairs;
  for (std::size_t i = 0; i < momentum.size(); ++i) {
    pairs.push_back({op.inputs[1 + 2 * i], op.inputs[2 + 2 * i], momentum[i]});
  }
  emitAverages(lowering, op.inputs[0], pairs);
}

const RegisteredLowering single{"movingAverage", lowerSingle};
const RegisteredLowering joined{"movingAverages", lowerJoined};

}  // namespace

}  // namespace node_cudnn::cudnn
