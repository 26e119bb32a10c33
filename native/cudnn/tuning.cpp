#include "tuning.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <vector>

#include "core/error.h"
#include "kernels.h"
#include "memory.h"

namespace node_cudnn::cudnn {

namespace {

constexpr std::size_t kAlignment = 256;
constexpr std::size_t kRepeats = 5;
// Between two events, so that what they cost themselves counts little; fewer of a slow plan.
constexpr double kMeasuredMilliseconds = 0.5;
constexpr int kMostLaunches = 20;

std::size_t aligned(std::size_t bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

// From the first to the last element.
std::size_t spanOf(const GraphTensor& tensor) {
  std::int64_t last = 0;
  for (std::size_t i = 0; i < tensor.dims.size(); ++i) {
    last += (tensor.dims[i] - 1) * tensor.strides[i];
  }
  return static_cast<std::size_t>(last + 1) * bytesOf(tensor.type);
}

// The graph's buffers and the plan's workspace, one behind the other.
struct Bench {
  Bench(const std::shared_ptr<Device>& device, const OperationGraph& graph,
        std::size_t workspaceBytes) {
    std::vector<std::size_t> sizes;
    for (const GraphTensor& tensor : graph.tensors()) {
      if (tensor.buffer < 0) continue;
      const auto index = static_cast<std::size_t>(tensor.buffer);
      sizes.resize(std::max(sizes.size(), index + 1));
      sizes[index] = std::max(sizes[index], spanOf(tensor));
    }
    std::size_t total = workspaceBytes;
    for (const std::size_t size : sizes) total += aligned(size);
    memory = std::make_unique<DeviceMemory>(device, total, "timing a plan");
    memory->clear();
    auto* at = static_cast<std::byte*>(memory->data());
    for (const std::size_t size : sizes) {
      addresses.buffers.push_back(at);
      at += aligned(size);
    }
    addresses.scratch = at;
  }

  std::unique_ptr<DeviceMemory> memory;
  Addresses addresses;
};

double medianMilliseconds(Device& device, Kernel& kernel) {
  Event begin(Timing::On);
  Event end(Timing::On);
  const auto timeOf = [&](int launches) {
    begin.record(device.compute());
    for (int i = 0; i < launches; ++i) kernel.run({});
    end.record(device.compute());
    end.wait();
    return static_cast<double>(end.millisecondsSince(begin)) / launches;
  };
  timeOf(1);  // loads it
  const double once = std::max(timeOf(1), 1e-3);
  const int launches = std::clamp(static_cast<int>(kMeasuredMilliseconds / once), 1, kMostLaunches);
  std::array<double, kRepeats> milliseconds{};
  for (double& time : milliseconds) time = timeOf(launches);
  std::ranges::nth_element(milliseconds, milliseconds.begin() + kRepeats / 2);
  return milliseconds[kRepeats / 2];
}

// Nothing when the plan does not run.
std::optional<double> timePlan(const std::shared_ptr<Device>& device, const Execution& execution,
                               const OperationGraph& graph,
                               const std::shared_ptr<const ExecutionPlan>& plan) {
  try {
    return device->call("autotune", [&] {
      const Bench bench(device, graph, plan->workspaceBytes);
      PlanKernel kernel("autotune", plan, graph, execution);
      kernel.bind(bench.addresses);
      return medianMilliseconds(*device, kernel);
    });
  } catch (const Error& error) {
    if (error.code() == ErrorCode::Backend) throw;
    return std::nullopt;
  }
}

}  // namespace

void tune(const std::shared_ptr<Device>& device, const Execution& execution, Planner& planner,
          const OperationGraph& graph) {
  const auto count = static_cast<std::size_t>(planner.options().autotune);
  if (planner.timeOf(graph) > 0) return;
  const auto candidates = planner.candidates(graph, count);
  const OperationGraph bound = graph.withOwnBuffers();
  std::shared_ptr<const ExecutionPlan> fastest;
  double least = std::numeric_limits<double>::infinity();
  for (const auto& plan : candidates) {
    const std::optional<double> milliseconds = timePlan(device, execution, bound, plan);
    if (!milliseconds || *milliseconds >= least) continue;
    least = *milliseconds;
    fastest = plan;
  }
  if (fastest) planner.prefer(graph, fastest, least);
}

}  // namespace node_cudnn::cudnn
