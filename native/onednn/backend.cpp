// The CPU backend: oneDNN primitives and this folder's loops.
#include <algorithm>
#include <cstring>

#include "core/address_space.h"
#include "core/error.h"
#include "core/host_backend.h"
#include "feed.h"
#include "host_memory.h"
#include "lowering.h"
#include "parallel.h"
#include "thread_team.h"

namespace node_cudnn::onednn {

namespace {

// oneDNN crashes where the code that it generates for an op finds no memory.
constexpr std::size_t kGeneratedCodeBytes = std::size_t{32} << 20;

class OnednnBackend final : public HostBackend {
 public:
  std::string_view name() const override { return "cpu"; }

  std::optional<std::string> unsupported(const Graph& graph, const Op& op) const override {
    requireAddressSpace(kGeneratedCodeBytes, "cpu plan");
    fixThreadTeam();
    try {
      Lowering lowering(graph, {}, engine_, stream_);
      // An opaque input means something only to the op that made it.
      for (const TensorId input : op.inputs) {
        if (input == kNoTensor || graph.tensor(input).type != ElementType::Opaque) continue;
        for (const Op& other : graph.ops()) {
          if (std::ranges::find(other.outputs, input) != other.outputs.end()) lowering.lower(other);
        }
      }
      lowering.lower(op);
      return std::nullopt;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::Unsupported) throw;
      return error.what();
    }
  }

  bool foldsBatchNormalization() const override { return true; }

  Schedule lower(const Graph& graph, std::span<const LayoutPtr> slotLayouts) override {
    fixThreadTeam();
    Lowering lowering(graph, slotLayouts, engine_, stream_);
    for (const Op& op : graph.ops()) {
      requireAddressSpace(kGeneratedCodeBytes, "cpu plan");
      lowering.lower(op);
    }
    return lowering.finish();
  }

  std::unique_ptr<Memory> allocate(std::size_t bytes, std::string_view purpose) override {
    return allocateHostMemory(bytes, purpose);
  }

  LayoutPtr plain(const Shape& shape, ElementType type) const override {
    return std::make_shared<CpuLayout>(CpuLayout::plain(shape, type));
  }

  void write(const Layout& layout, void* to, std::span<const float> values) override {
    const CpuLayout& target = requireFloats(layout, values.size());
    if (target.isPlain()) return copy(to, values.data(), values.size_bytes());
    // oneDNN takes a source by non-const address, and only reads it.
    reorder(target.view().plain(), const_cast<float*>(values.data()), target.desc(), to);
  }

  void read(const Layout& layout, const void* from, std::span<float> values) override {
    const CpuLayout& source = requireFloats(layout, values.size());
    if (source.isPlain()) return copy(values.data(), from, values.size_bytes());
    reorder(source.desc(), const_cast<void*>(from), source.view().plain(), values.data());
  }

  void writeBytes(void* to, const void* from, std::size_t bytes) override {
    std::memcpy(to, from, bytes);
  }

  void readBytes(const void* from, void* to, std::size_t bytes) override {
    std::memcpy(to, from, bytes);
  }

  void feed(const Schedule&, BufferId, const HostRows& rows, std::int64_t count, ElementType type,
            std::int64_t classes, void* to) override {
    feedRows(rows, count, type, classes, to);
  }

  void compute(Schedule& schedule, std::size_t begin, std::size_t end,
               const StepState& state) override {
    fixThreadTeam();
    for (std::size_t i = begin; i < end; ++i) schedule.commands[i].kernel->run(state);
    stream_.wait();
  }

 private:
  static const CpuLayout& requireFloats(const Layout& layout, std::size_t count) {
    const CpuLayout& cpu = cpuLayout(layout);
    const std::size_t expected = cpu.isFloat() ? cpu.view().plain().get_size() / sizeof(float) : 0;
    if (expected != count) {
      throw Error(ErrorCode::Internal, "layout " + cpu.text(),
                  "expected " + std::to_string(expected) + " values, got " + std::to_string(count));
    }
    return cpu;
  }

  static void copy(void* to, const void* from, std::size_t bytes) {
    constexpr std::int64_t chunk = std::int64_t{1} << 20;
    parallelChunks(
        static_cast<std::int64_t>(bytes), chunk, [=](std::int64_t begin, std::int64_t end) {
          std::memcpy(static_cast<char*>(to) + begin, static_cast<const char*>(from) + begin,
                      static_cast<std::size_t>(end - begin));
        });
  }

  void reorder(const dnnl::memory::desc& fromDesc, void* from, const dnnl::memory::desc& toDesc,
               void* to) {
    fixThreadTeam();
    dnnl::memory source(fromDesc, engine_, from);
    dnnl::memory target(toDesc, engine_, to);
    dnnl::reorder(source, target).execute(stream_, source, target);
    stream_.wait();
  }

  dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream_{engine_};
};

std::unique_ptr<Backend> make(const Attributes& options) {
  requireNoOptions("cpu", options);
  return std::make_unique<OnednnBackend>();
}

const RegisteredBackend cpu{"cpu", make};

}  // namespace

}  // namespace node_cudnn::onednn
