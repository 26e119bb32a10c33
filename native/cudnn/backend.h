// The cuda backend: cuDNN's operation graphs and this folder's kernels, on one device.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "backend_options.h"
#include "core/backend.h"
#include "device.h"
#include "execution.h"
#include "handle.h"
#include "input_ring.h"
#include "observations.h"
#include "planner.h"

namespace node_cudnn::cudnn {

// With the option deviceProperties no device is touched: unsupported(), lower() and plain() work,
// everything else throws Error(Backend).
class CudnnBackend final : public Backend {
 public:
  explicit CudnnBackend(BackendOptions options);
  ~CudnnBackend() override;

  std::string_view name() const override { return "cuda"; }
  std::optional<std::string> unsupported(const Graph& graph, const Op& op) const override;
  Schedule lower(const Graph& graph, std::span<const LayoutPtr> slotLayouts) override;
  std::unique_ptr<Memory> allocate(std::size_t bytes, std::string_view purpose) override;
  LayoutPtr plain(const Shape& shape, ElementType type) const override;
  void write(const Layout& layout, void* to, std::span<const float> values) override;
  void read(const Layout& layout, const void* from, std::span<float> values) override;
  void writeBytes(void* to, const void* from, std::size_t bytes) override;
  void readBytes(const void* from, void* to, std::size_t bytes) override;
  void feed(const Schedule& schedule, BufferId buffer, const HostRows& rows, std::int64_t count,
            ElementType type, std::int64_t classes, void* to) override;
  void run(Schedule& schedule, std::size_t begin, std::size_t end, const StepState& state,
           std::span<const Watched> watched) override;
  std::vector<Observation> observe(bool wait) override;
  bool refeed(const Schedule& schedule, const StepState& state) override;

 private:
  // What a backend has on its device.
  struct Runtime {
    Runtime(const BackendOptions& options, const std::string& deviceName);

    std::shared_ptr<Device> device;
    InputRing ring;
    Observations observations;
    std::unique_ptr<Handle> handle;
    // "read after step 12": errors of runs come late.
    std::string after(std::string_view call) const;

    std::string lastRun;  // "step 12"; empty before the first
  };

  // Throws Error(Backend) naming the call when there is no device.
  Runtime& runtime(const char* call);
  void enqueue(Schedule& schedule, std::size_t begin, std::size_t end, const StepState& state,
               std::span<const Watched> watched);

  Execution execution_;
  Planner planner_;
  std::unique_ptr<Runtime> runtime_;  // null: plans only
};

// As BackendFactory.
std::unique_ptr<Backend> makeCudnnBackend(const Attributes& options);

}  // namespace node_cudnn::cudnn
