// A compiled model: weights and optimizer state in backend memory, and a plan for each mode and
// batch size, made when first needed. Not thread-safe: one thread calls it at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "backend.h"
#include "error.h"
#include "model_spec.h"

namespace node_cudnn {

// PredictTraining: the outputs as training has them, with dropout and the batch's statistics.
enum class Mode { Predict, PredictTraining, Evaluate, Train, Gradients };

// Whether a mode gives outputs, and needs no loss.
constexpr bool predicts(Mode mode) {
  return mode == Mode::Predict || mode == Mode::PredictTraining;
}

struct Batch {
  std::int64_t size = 0;
  std::vector<HostRows> inputs;         // one for each input
  std::vector<HostRows> targets;        // one for each output with a loss; empty for predict
  std::vector<HostRows> sampleWeights;  // one for each output with a loss, or none
};

struct Result {
  std::string name;  // "loss", "loss/<output>", "metric/<index>", "penalty"
  double sum = 0;
  double count = 0;
};

struct CommandProfile {
  std::string name;
  std::string work;
  std::string detail;
  double inStepMilliseconds = 0;  // median within whole steps
  double bareMilliseconds = 0;    // median when repeated alone
  double flops = 0;
};

struct GradientValues {
  std::vector<std::vector<float>> inputs;   // d loss / d input
  std::vector<std::vector<float>> weights;  // d loss / d weight, penalties included; frozen: empty
};

class Plan;
class PlanTable;
struct PlanDescription;
struct SlotTable;

class Program {
 public:
  // Builds and checks the graph (batch 1) and asks the backend about each op; allocates nothing.
  explicit Program(ModelSpec spec);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // Sets losses, metrics and the optimizer; optimizer state starts at zero. May be called again.
  void configureTraining(TrainingSpec spec);

  // Allocates the weights and fills them from their initializers (stream 2^31 + index).
  void initialize();

  // One step: forward, losses, backward, update. May return before it is done. Throws
  // Error(NotFinite) naming the step and the first op whose output is not finite, with the weights
  // left as they were before that step: for it or, on a device, for one of the steps before, whose
  // followers then changed nothing; step() is that step's again.
  void train(const Batch& batch, float learningRate);
  // Forward with losses and metrics, in inference mode.
  void evaluate(const Batch& batch);
  // The outputs, plain and row-major. With `training`, dropouts draw masks that no other run has,
  // and batch normalizations take the batch's statistics; nothing is learned from it.
  std::vector<std::vector<float>> predict(const Batch& batch, bool training = false);
  GradientValues gradients(const Batch& batch);

  // Sums since the last reset. A loss counts samples; the penalty counts runs. With `reset`, of
  // all runs; else of those that have ended. Throws Error(NotFinite) as train() does.
  std::vector<Result> results(bool reset);

  std::size_t weightCount() const { return spec_.weights.size(); }
  const WeightSpec& weight(std::size_t index) const { return spec_.weights.at(index); }
  std::vector<float> readWeight(std::size_t index);
  void writeWeight(std::size_t index, std::span<const float> values);

  // Names are "<weight>/velocity", "<weight>/m", "<weight>/v".
  std::vector<std::string> optimizerStateNames() const;
  std::vector<float> readOptimizerState(std::size_t index);
  void writeOptimizerState(std::size_t index, std::span<const float> values);
  std::uint64_t step() const { return step_; }
  void setStep(std::uint64_t step) { step_ = step; }

  // The plan as text: commands with shapes, layouts, bytes and FLOPs, then memory and reorders.
  std::string explain(Mode mode, std::int64_t batchSize);
  // The same as data. Neither needs initialize(), nor memory.
  PlanDescription describe(Mode mode, std::int64_t batchSize);
  // Times every command of whole training steps, and each alone. Weights are left as they were.
  std::vector<CommandProfile> profile(const Batch& batch, int repeats);

  // Bytes held in backend memory.
  std::size_t bytes() const;
  // Plans that are kept; those used least recently go.
  std::size_t planCount() const;

 private:
  struct Slot {
    std::string name;
    Shape shape;
    LayoutPtr layout;
    std::unique_ptr<Memory> memory;
  };
  using PlanKey = std::tuple<Mode, std::int64_t, bool>;

  Plan& plan(Mode mode, std::int64_t batchSize, bool weighted);
  Plan& ready(Mode mode, const Batch& batch);
  // Converts the slots to the layouts that the plan chose.
  void adoptLayouts(const Plan& plan);
  void ensureSlot(std::size_t slot);
  void ensureArena(const Plan& plan);
  void bind(Plan& plan);
  // Throws the error again, with the batch size that would fit the memory that there is.
  [[noreturn]] void refuseBatch(const OutOfMemory& error, const Plan& plan, const PlanKey& key);
  // The largest batch size below the key's whose arena takes at most `room` bytes; 0: none.
  std::int64_t batchThatFits(const PlanKey& key, std::size_t bytes, std::size_t room);
  void feed(Plan& plan, const Batch& batch);
  void clearAccumulators();
  StepState stepState(float learningRate) const;
  // What a plan's runs leave for the host: the norms' first, then each result's {sum, count}.
  std::vector<Watched> watched(const Plan& plan);
  void start(Plan& plan, const StepState& state);
  // Takes note of the runs that ended; batch: the last one's, null when it is not at hand.
  void observe(bool wait, const Batch* batch);
  void settle();
  // Takes note of what the host wrote into a slot, and of an update that may have overflowed.
  void noteValues(std::size_t slot, std::span<const float> values);
  void noteUpdate(double norm, const StepState& state);
  void lookAtWeights();
  // Runs the plan's phases up to `last` command by command, to the first with an output that is
  // not finite; its name.
  std::optional<std::string> firstNotFinite(Plan& plan, const StepState& state, Phase last);
  void requireFiniteForward(Plan& plan, const Batch& batch, const StepState& state);
  [[noreturn]] void refuseNotFinite(const std::string& culprit, const StepState& state);
  [[noreturn]] void throwNotFinite(Plan& plan, const Batch* batch, const StepState& state);
  std::vector<float> readSlot(std::size_t slot);
  void writeSlot(std::size_t slot, std::span<const float> values, const std::string& what);

  ModelSpec spec_;
  TrainingSpec training_;
  std::unique_ptr<Backend> backend_;
  std::unique_ptr<SlotTable> slotTable_;
  std::vector<Slot> slots_;
  std::unique_ptr<PlanTable> plans_;
  bool layoutsSuitTraining_ = false;
  std::unique_ptr<Memory> arena_;
  Plan* running_ = nullptr;          // the plan of the runs that were not observed yet
  std::vector<double> latest_;       // results after the last run that was observed
  std::set<std::size_t> notFinite_;  // slots that hold NaN or Infinity, as far as is known
  bool weightsAreDoubtful_ = false;
  std::uint64_t step_ = 0;
  std::uint64_t draws_ = 0;  // predictions with dropout
};

}  // namespace node_cudnn
