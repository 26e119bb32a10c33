// The seam between the core and whatever computes: a backend lowers a Graph into a Schedule of
// commands over buffers, and runs it. The core plans the buffers' memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "graph.h"

namespace node_cudnn {

// How a tensor lies in memory. Made and understood by one backend, compared by the core.
class Layout {
 public:
  virtual ~Layout() = default;
  virtual std::size_t bytes() const = 0;
  // For explain(): "nhwc", "nChw16c".
  virtual std::string text() const = 0;
  virtual bool equals(const Layout& other) const = 0;
};
using LayoutPtr = std::shared_ptr<const Layout>;

// Device memory, freed with the object; zero-filled when made, aligned to 64 bytes or more.
class Memory {
 public:
  virtual ~Memory() = default;
  virtual void* data() = 0;
  virtual std::size_t bytes() const = 0;
};

using BufferId = std::int32_t;

struct Buffer {
  std::string name;
  LayoutPtr layout;
  TensorId tensor = kNoTensor;  // the tensor it holds
  std::int32_t slot = -1;       // persistent memory (Tensor::slot), or -1 for the arena
  BufferId aliasOf = -1;        // the buffer whose memory it shares from the first byte, or -1
  std::size_t offset = 0;       // in the arena; set by planMemory
  // Made of weights alone and kept until they change: memory of its own, see hoistConstants.
  bool constant = false;
};

// Why a command exists, for explain() and the benchmark.
enum class Work { Primitive, Reorder, Elementwise, Loss, Optimizer, Check };
std::string_view toString(Work work);

// What changes from step to step.
struct StepState {
  std::uint64_t seed = 0;
  std::uint64_t step = 0;  // optimizer updates done before this step; keys dropout's masks
  float learningRate = 0;
  std::uint64_t firstRow = 0;  // position of the batch's first row within the global batch
};

// Addresses of a schedule's buffers, indexed by BufferId, and of the command's scratch space.
struct Addresses {
  std::vector<void*> buffers;
  void* scratch = nullptr;
};

class Kernel {
 public:
  virtual ~Kernel() = default;
  // Called before the first run and again whenever an address changes.
  virtual void bind(const Addresses& addresses) = 0;
  virtual void run(const StepState& state) = 0;
};

struct Command {
  std::string name;  // the op's name, or "conv1: reorder nhwc to nChw16c"
  Work work = Work::Elementwise;
  Phase phase = Phase::Forward;
  std::vector<BufferId> reads;
  std::vector<BufferId> writes;
  // {written, read} pairs that may share memory when the read buffer is not used afterwards and
  // `reads` names its memory once.
  std::vector<std::pair<BufferId, BufferId>> mayShare;
  std::size_t scratchBytes = 0;   // needed while it runs
  std::size_t scratchOffset = 0;  // in the arena; set by planMemory
  double flops = 0;
  // Kernels that it starts; a primitive or plan of a library counts as one.
  int launches = 1;
  std::string detail;  // implementation name, for explain()
  // Of a command that runs a vendor's operation graph: what identifies it, and the operations that
  // it does in one pass. Empty otherwise.
  std::string graphKey;
  std::vector<std::string> nodes;
  std::unique_ptr<Kernel> kernel;
};

struct Schedule {
  std::vector<Buffer> buffers;
  std::vector<Command> commands;
  // The buffer in which each tensor of the graph was produced (or is fed), -1 when it has none.
  std::vector<BufferId> bufferOfTensor;
  // Buffers that Backend::feed() fills before each run.
  std::vector<BufferId> fed;
  // The first commands, which need to run only when weights have changed; set by hoistConstants.
  std::size_t constants = 0;
  std::size_t arenaBytes = 0;  // set by planMemory
};

enum class HostType { Float32, Int32, Uint8 };

// Rows of a host array that become one batch.
struct HostRows {
  const void* data = nullptr;
  HostType type = HostType::Float32;
  std::int64_t rows = 0;                  // rows in the array
  std::int64_t rowElements = 0;           // elements of one row
  const std::int32_t* indices = nullptr;  // rows to take, in order; null: from `first` on
  std::int64_t first = 0;
  std::string name;  // for errors: "x", "input 'image'"
  // Of copies of a batch's rows: where they stood in the array that errors speak of.
  const std::int32_t* sourceIndices = nullptr;
  std::int64_t sourceFirst = 0;
};

// Doubles in device memory that the host looks at after each run.
struct Watched {
  const void* address = nullptr;
  std::size_t count = 0;
};

// What a run left in the watched doubles.
struct Observation {
  StepState state;
  std::vector<double> values;  // of all Watched, in order
};

class Backend {
 public:
  virtual ~Backend() = default;

  virtual std::string_view name() const = 0;

  // Nothing when the backend can compute the op, else the reason why not.
  virtual std::optional<std::string> unsupported(const Graph& graph, const Op& op) const = 0;

  // Whether it has the op foldBatchNormalization.
  virtual bool foldsBatchNormalization() const { return false; }

  // Lowers every op in order. slotLayouts[slot] is the layout that a persistent tensor already
  // has; null leaves the choice to the backend, whose buffer then tells it. Optimizer state takes
  // its weight's layout. Inputs, targets and sample weights are plain. Throws Error(Unsupported).
  virtual Schedule lower(const Graph& graph, std::span<const LayoutPtr> slotLayouts) = 0;

  // Throws OutOfMemory naming what is wanted and what is free, also when the machine would only
  // promise the memory.
  virtual std::unique_ptr<Memory> allocate(std::size_t bytes, std::string_view purpose) = 0;

  // Channels-last, row-major layout of a tensor of this type ([kh,kw,cin/groups,cout] kernels).
  virtual LayoutPtr plain(const Shape& shape, ElementType type) const = 0;

  // Between plain float32 host values and device memory in any layout of this backend.
  virtual void write(const Layout& layout, void* to, std::span<const float> values) = 0;
  virtual void read(const Layout& layout, const void* from, std::span<float> values) = 0;
  // Raw bytes, for accumulators and norms.
  virtual void writeBytes(void* to, const void* from, std::size_t bytes) = 0;
  virtual void readBytes(const void* from, void* to, std::size_t bytes) = 0;

  // Gathers `count` rows for a buffer of the schedule, at the address `to`, converting to the
  // tensor's type; they may arrive there when the next run begins. Throws Error(Data) naming the
  // array and the row for NaN or Infinity, and for a label outside [0, classes) when classes > 0.
  virtual void feed(const Schedule& schedule, BufferId buffer, const HostRows& rows,
                    std::int64_t count, ElementType type, std::int64_t classes, void* to) = 0;

  // Runs the commands [begin, end); a begin of 0 or of schedule.constants is a whole run to the
  // end. May return before they are done: every other method waits for what it needs. `watched` is
  // copied to the host behind them.
  virtual void run(Schedule& schedule, std::size_t begin, std::size_t end, const StepState& state,
                   std::span<const Watched> watched = {}) = 0;

  // The watched values of the runs that ended since the last call, oldest first. wait: waits for
  // all that was started; else only for a run whose batch the next feed() would overwrite.
  virtual std::vector<Observation> observe(bool wait) = 0;

  // Makes what was fed for an observed run current again, after observe(true) and before the next
  // feed(). False when the backend did not keep it.
  virtual bool refeed(const Schedule& schedule, const StepState& state) = 0;
};

// options: the backend's own, "precision" for example; none for those that compute on the host.
using BackendFactory = std::unique_ptr<Backend> (*)(const Attributes& options);

// A backend's file holds one constant of this type: RegisteredBackend cpu{"cpu", factory}.
struct RegisteredBackend {
  RegisteredBackend(std::string name, BackendFactory make);
};
// For a backend that is loaded at run time. The second of one name is ignored.
void registerBackend(std::string name, BackendFactory make);
// Throws Error(Backend) naming the backends that exist.
std::unique_ptr<Backend> makeBackend(std::string_view name, const Attributes& options = {});
std::vector<std::string> backendNames();
// Throws Error(Option) naming an option, if there is one.
void requireNoOptions(std::string_view backend, const Attributes& options);

// Moves the commands whose results follow from weights alone (kernels in another layout, folded
// batch normalizations) to the front, and marks what the others read of them as constant. Leaves
// schedules alone that learn.
void hoistConstants(Schedule& schedule, const Graph& graph);

// Gives every arena buffer and every command's scratch space an offset (by liveness over the
// commands) and sums up.
// `results` stay valid after the last command.
void planMemory(Schedule& schedule, const std::vector<TensorId>& results);

}  // namespace node_cudnn
