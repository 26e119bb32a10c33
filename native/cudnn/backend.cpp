#include "backend.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "core/host_rows.h"
#include "devices.h"
#include "fuse.h"
#include "host_values.h"
#include "layout.h"
#include "lowering.h"
#include "memory.h"
#include "row_gather.h"
#include "status.h"
#include "step_replay.h"
#include "tuning.h"

namespace node_cudnn::cudnn {

namespace {

DeviceProperties propertiesFor(const BackendOptions& options) {
  if (!options.properties.empty()) {
    requirePlanner();
    return DeviceProperties::parse(options.properties);
  }
  requireDevice(options.device);
  NODE_CUDNN_CUDA(cudaSetDevice(options.device));
  return DeviceProperties::ofDevice(options.device);
}

std::string stepText(const StepState& state) { return "step " + std::to_string(state.step); }

int sourceOf(const Schedule& schedule, BufferId buffer) {
  const auto found = std::ranges::find(schedule.fed, buffer);
  if (found == schedule.fed.end()) {
    throw Error(ErrorCode::Internal, "feed",
                "buffer " + std::to_string(buffer) + " is not fed by the host");
  }
  return static_cast<int>(found - schedule.fed.begin());
}

}  // namespace

CudnnBackend::Runtime::Runtime(const BackendOptions& options, const std::string& deviceName)
    : device(std::make_shared<Device>(options.device, deviceName, options.memoryLimit)),
      ring(device),
      observations(device),
      handle(std::make_unique<Handle>(device->compute())) {}

std::string CudnnBackend::Runtime::after(std::string_view call) const {
  return std::string(call) + (lastRun.empty() ? "" : " after " + lastRun);
}

CudnnBackend::CudnnBackend(BackendOptions options)
    : planner_(propertiesFor(options), options.planner) {
  if (!options.properties.empty()) return;
  runtime_ = std::make_unique<Runtime>(options, planner_.device().name);
  execution_ = {runtime_->device->compute().get(), runtime_->handle->get(),
                runtime_->ring.parameters()};
  if (planner_.options().autotune < 2) return;
  planner_.setTuner(
      [this](const OperationGraph& graph) { tune(runtime_->device, execution_, planner_, graph); });
}

CudnnBackend::~CudnnBackend() {
  if (runtime_) runtime_->device->drain();
}

CudnnBackend::Runtime& CudnnBackend::runtime(const char* call) {
  if (runtime_) return *runtime_;
  throw Error(ErrorCode::Backend, "backend 'cuda'",
              std::string(call) +
                  " needs a device; this backend was made with 'deviceProperties', to plan only");
}

std::optional<std::string> CudnnBackend::unsupported(const Graph& graph, const Op& op) const {
  const OpLowering* lowering = findLowering(op.type());
  if (lowering == nullptr) {
    return "the cuda backend has no op '" + std::string(op.type()) + "'";
  }
  return lowering->unsupported ? lowering->unsupported(graph, op) : std::nullopt;
}

Schedule CudnnBackend::lower(const Graph& graph, std::span<const LayoutPtr> slotLayouts) {
  const auto work = [&] {
    const Graph fused = fuse(graph);
    Lowering lowering(fused, slotLayouts, planner_, execution_);
    for (const Op& op : fused.ops()) lowering.lower(op);
    Schedule schedule = lowering.finish();
    // Fusing adds tensors behind the graph's own, which keep their numbers.
    schedule.bufferOfTensor.resize(graph.tensors().size(), -1);
    makeReplayable(schedule);
    return schedule;
  };
  if (!runtime_) return work();
  // Engines are built for the current device.
  NODE_CUDNN_CUDA(cudaSetDevice(runtime_->device->index()));
  return work();
}

std::unique_ptr<Memory> CudnnBackend::allocate(std::size_t bytes, std::string_view purpose) {
  const std::shared_ptr<Device>& device = runtime("allocate").device;
  return device->call("allocate " + std::string(purpose), [&] {
    auto memory = std::make_unique<DeviceMemory>(device, bytes, purpose);
    memory->clear();
    return memory;
  });
}

LayoutPtr CudnnBackend::plain(const Shape& shape, ElementType type) const {
  switch (type) {
    case ElementType::Float:
      return std::make_shared<CudaLayout>(CudaLayout::plain(shape, DataType::Float32));
    case ElementType::Integer:
      return std::make_shared<CudaLayout>(CudaLayout::plain(shape, DataType::Int32));
    case ElementType::Double:
      return std::make_shared<CudaLayout>(CudaLayout::plain(shape, DataType::Double));
    case ElementType::Opaque:
      break;
  }
  throw Error(ErrorCode::Internal, "backend 'cuda'", "an opaque tensor has no plain layout");
}

void CudnnBackend::write(const Layout& layout, void* to, std::span<const float> values) {
  const CudaLayout& target = cudaLayout(layout);
  requireElements(target, values.size());
  if (target.order() == Order::Plain && target.type() == DataType::Float32) {
    return writeBytes(to, values.data(), values.size_bytes());
  }
  const std::vector<std::byte> bytes = toLayout(target, values);
  writeBytes(to, bytes.data(), bytes.size());
}

void CudnnBackend::read(const Layout& layout, const void* from, std::span<float> values) {
  const CudaLayout& source = cudaLayout(layout);
  requireElements(source, values.size());
  if (source.order() == Order::Plain && source.type() == DataType::Float32) {
    return readBytes(from, values.data(), values.size_bytes());
  }
  std::vector<std::byte> bytes(source.bytes());
  readBytes(from, bytes.data(), bytes.size());
  fromLayout(source, bytes, values);
}

// On the compute stream, so behind every run and before the next; the host's memory is its owner's
// again at the end.
void CudnnBackend::writeBytes(void* to, const void* from, std::size_t bytes) {
  Runtime& on = runtime("write");
  on.device->call(on.after("write"), [&] {
    Stream& stream = on.device->compute();
    NODE_CUDNN_CUDA(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, stream.get()));
    stream.synchronize();
  });
}

void CudnnBackend::readBytes(const void* from, void* to, std::size_t bytes) {
  Runtime& on = runtime("read");
  on.device->call(on.after("read"), [&] {
    Stream& stream = on.device->compute();
    NODE_CUDNN_CUDA(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, stream.get()));
    stream.synchronize();
  });
}

void CudnnBackend::feed(const Schedule& schedule, BufferId buffer, const HostRows& rows,
                        std::int64_t count, ElementType type, std::int64_t classes, void*) {
  Runtime& on = runtime("feed");
  const std::size_t bytes = static_cast<std::size_t>(count * rows.rowElements) * bytesOf(rows.type);
  void* to = on.device->call(on.after("feed"), [&] {
    return on.ring.stage(schedule, sourceOf(schedule, buffer), rows.type, bytes);
  });
  gatherRows(rows, count, type, classes, to);
}

void CudnnBackend::run(Schedule& schedule, std::size_t begin, std::size_t end,
                       const StepState& state, std::span<const Watched> watched) {
  Runtime& on = runtime("run");
  on.device->call(stepText(state), [&] {
    on.observations.prepare(watched);
    on.ring.submit(schedule, state);
    enqueue(schedule, begin, end, state, watched);
    on.ring.markUsed();
    on.observations.record(watched, state);
  });
  on.lastRun = stepText(state);
}

void CudnnBackend::enqueue(Schedule& schedule, std::size_t begin, std::size_t end,
                           const StepState& state, std::span<const Watched> watched) {
  const auto launch = [&] {
    for (std::size_t i = begin; i < end; ++i) schedule.commands[i].kernel->run(state);
    runtime_->observations.collect(watched);
  };
  StepReplay* replay = replayOf(schedule);
  const bool whole = (begin == 0 || begin == schedule.constants) && end == schedule.commands.size();
  if (!whole || replay == nullptr) return launch();
  // What changes with the weights alone is no part of what is replayed.
  for (; begin < schedule.constants; ++begin) schedule.commands[begin].kernel->run(state);
  std::vector<const void*> key{runtime_->observations.row()};
  for (const Watched& doubles : watched) key.push_back(doubles.address);
  replay->run(runtime_->device->compute(), std::move(key), launch);
}

std::vector<Observation> CudnnBackend::observe(bool wait) {
  Runtime& on = runtime("observe");
  return on.device->call(on.after("wait"), [&] {
    // One slot of the ring is then free for the next batch, and the others can be fed again.
    if (!wait) return on.observations.take(InputRing::kSlots - 1);
    std::vector<Observation> all = on.observations.take(0);
    on.device->compute().synchronize();
    return all;
  });
}

bool CudnnBackend::refeed(const Schedule& schedule, const StepState& state) {
  return runtime("refeed").ring.returnTo(schedule, state);
}

std::unique_ptr<Backend> makeCudnnBackend(const Attributes& options) {
  return std::make_unique<CudnnBackend>(BackendOptions(options));
}

}  // namespace node_cudnn::cudnn
