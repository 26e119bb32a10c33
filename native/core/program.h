// A compiled model: a graph over weights of a store, its optimizer's state, and a plan for each
// mode and batch size, made when first needed. Not thread-safe: one thread calls a store's
// programs and destroys them; another may make them.
#pragma once

#include <cstdint>
#include <exception>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "backend.h"
#include "constant_table.h"
#include "error.h"
#include "model_spec.h"
#include "store.h"

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

// Training steps and evaluations each add up losses and metrics of their own. Numbers beyond that
// of the training are the owner's to choose; results() with `reset` forgets one.
using RunId = std::uint32_t;
constexpr RunId kTraining = 0;
constexpr RunId kLastRun = std::numeric_limits<RunId>::max() - 1;

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
  // Without a store it has one of its own. Throws Error(Option) for a store of another backend or
  // of other options.
  explicit Program(ModelSpec spec, std::shared_ptr<Store> store = nullptr);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // Sets losses, metrics and the optimizer; optimizer state starts at zero. May be called again.
  void configureTraining(TrainingSpec spec);

  // Allocates the weights and fills those that have no values yet from their initializers (stream
  // 2^31 + index).
  void initialize();

  // One step: forward, losses, backward, update. May return before it is done. Throws
  // Error(NotFinite) naming the step and the first op whose output is not finite, with the weights
  // left as they were before that step: for it or, on a device, for one of the steps before, whose
  // followers then changed nothing; step() is that step's again.
  void train(const Batch& batch, float learningRate);
  // Forward with losses and metrics, in inference mode. Its sums are those of this run, whatever
  // other runs are under way.
  void evaluate(const Batch& batch, RunId run = kTraining);
  // The outputs, plain and row-major. With `training`, dropouts draw masks that no other run has,
  // and batch normalizations take the batch's statistics; nothing is learned from it.
  std::vector<std::vector<float>> predict(const Batch& batch, bool training = false);
  GradientValues gradients(const Batch& batch);

  // A run's sums since its last reset; every loss and metric counts samples. With `reset`, of all
  // that was started; else of what has ended. Throws Error(NotFinite) as train() does.
  std::vector<Result> results(bool reset, RunId run = kTraining);

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

  // Bytes held in backend memory: the store's, and what this program alone uses.
  std::size_t bytes() const { return store_->bytes() + ownBytes(); }
  std::size_t ownBytes() const;
  // Ends what it has under way, for the store; its own next call tells of what failed.
  void settleForAnother() noexcept;
  // Plans that are kept; those used least recently go.
  std::size_t planCount() const;

 private:
  using PlanKey = std::tuple<Mode, std::int64_t, bool, bool>;

  Backend& backend() const { return store_->backend(); }
  bool weightsAreFinite() const;
  PlanKey keyOf(Mode mode, std::int64_t batchSize, bool weighted) const;
  Plan& plan(Mode mode, std::int64_t batchSize, bool weighted);
  Plan& ready(Mode mode, const Batch& batch);
  // The layout that a plan of this mode has to take for a slot; null: it may choose.
  LayoutPtr givenLayout(std::size_t slot, Mode mode) const;
  // Whether the slots still lie as the plan takes them.
  bool fits(const Plan& plan) const;
  // Converts the slots to the layouts that the plan chose.
  void adoptLayouts(const Plan& plan, Mode mode);
  void bind(Plan& plan);
  // Throws the error again, with the batch size that would fit the memory that there is.
  [[noreturn]] void refuseBatch(const OutOfMemory& error, const Plan& plan, const PlanKey& key);
  // The largest batch size below the key's whose arena takes at most `room` bytes; 0: none.
  std::int64_t batchThatFits(const PlanKey& key, std::size_t bytes, std::size_t room);
  void feed(Plan& plan, const Batch& batch);
  // Lets the accumulators hold the sums of this run.
  void switchTo(RunId run);
  // Puts these sums into the accumulators; none: zeros.
  void setSums(std::vector<double> sums);
  StepState stepState(float learningRate) const;
  // What a plan's runs leave for the host: the norms' first, then each result's {sum, count}.
  std::vector<Watched> watched(const Plan& plan);
  void start(Plan& plan, const StepState& state);
  // Takes note of the runs that ended; batch: the last one's, null when it is not at hand.
  void observe(bool wait, const Batch* batch);
  // Waits for what was started in this store, and takes note of it.
  void settle();
  // Takes note of an update that may have overflowed.
  void noteUpdate(double norm, const StepState& state);
  void lookAtWeights();
  // Runs the plan's phases up to `last` command by command, to the first with an output that is
  // not finite; its name.
  std::optional<std::string> firstNotFinite(Plan& plan, const StepState& state, Phase last);
  void requireFiniteForward(Plan& plan, const Batch& batch, const StepState& state);
  [[noreturn]] void refuseNotFinite(const std::string& culprit, const StepState& state);
  [[noreturn]] void throwNotFinite(Plan& plan, const Batch* batch, const StepState& state);

  ModelSpec spec_;
  TrainingSpec training_;
  std::shared_ptr<Store> store_;
  std::unique_ptr<SlotTable> slotTable_;
  std::vector<SlotPtr> slots_;  // numbered by slotTable_; others may share the weights
  ConstantTable constants_;
  std::unique_ptr<PlanTable> plans_;
  Plan* running_ = nullptr;                      // the plan of the runs that were not observed yet
  std::exception_ptr failure_;                   // of a run, found when another program was to run
  RunId run_ = kTraining;                        // whose sums the accumulators hold
  std::vector<double> latest_;                   // these sums as last observed; empty: zero
  std::map<RunId, std::vector<double>> parked_;  // the sums of other runs
  std::uint64_t step_ = 0;
  std::uint64_t draws_ = 0;  // predictions with dropout
};

}  // namespace node_cudnn
