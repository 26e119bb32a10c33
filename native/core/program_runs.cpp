// How a program runs its plans, what the runs leave for the host, and what is said of one that
// fails.
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "error.h"
#include "plan.h"
#include "program.h"
#include "slot_table.h"

namespace node_cudnn {

namespace {

// Keeps the masks of predictions apart from those of training steps.
constexpr std::uint64_t kFirstDraw = std::uint64_t{1} << 63;

// The sums of what is run for its other results alone: they are forgotten.
constexpr RunId kNoRun = kLastRun + 1;

}  // namespace

StepState Program::stepState(float learningRate) const {
  return {spec_.seed, step_, learningRate, 0};
}

std::vector<Watched> Program::watched(const Plan& plan) {
  std::vector<Watched> watched;
  const TensorId norms = plan.model().norms;
  if (norms != kNoTensor) watched.push_back({plan.address(plan.bufferOf(norms)), 1});
  for (std::size_t i = 0; i < slotTable_->results.size(); ++i) {
    Slot& slot = *slots_[slotTable_->accumulator(i)];
    store_->allocate(slot);
    watched.push_back({slot.memory->data(), 2});
  }
  return watched;
}

void Program::start(Plan& plan, const StepState& state) {
  if (plan.model().norms != kNoTensor) store_->weightsChanged();
  plan.run(backend(), state, store_->weightsVersion(), watched(plan));
  running_ = &plan;
  store_->running = this;
}

void Program::observe(bool wait, const Batch* batch) {
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  if (running_ == nullptr) return;
  const bool training = running_->model().norms != kNoTensor;
  for (Observation& seen : backend().observe(wait)) {
    if (training && !std::isfinite(seen.values.at(0))) throwNotFinite(*running_, batch, seen.state);
    if (training) noteUpdate(seen.values.at(0), seen.state);
    latest_ = std::move(seen.values);
    if (training) latest_.erase(latest_.begin());
  }
}

// A plan's runs are observed before another plan runs or it goes.
void Program::settle() {
  if (store_->running != this) store_->settle();
  observe(true, nullptr);
  running_ = nullptr;
  store_->running = nullptr;
}

void Program::settleForAnother() noexcept {
  try {
    observe(true, nullptr);
  } catch (...) {
    failure_ = std::current_exception();
  }
  running_ = nullptr;
  store_->running = nullptr;
}

void Program::train(const Batch& batch, float learningRate) {
  if (!std::isfinite(learningRate)) {
    throw Error(ErrorCode::Option, "learningRate", "must be finite");
  }
  // A step that failed before is the one to name.
  if (!weightsAreFinite()) settle();
  switchTo(kTraining);
  Plan& plan = ready(Mode::Train, batch);
  if (!weightsAreFinite()) requireFiniteForward(plan, batch, stepState(learningRate));
  start(plan, stepState(learningRate));
  ++step_;
  observe(false, &batch);
}

// Runs the step again, one command at a time, up to the first output that is not finite. The
// optimizer has left the weights alone, so the second run computes the same values.
void Program::throwNotFinite(Plan& plan, const Batch* batch, const StepState& state) {
  Schedule& schedule = plan.schedule();
  running_ = nullptr;
  step_ = state.step;
  backend().observe(true);  // the steps behind it changed nothing
  setSums({});
  if (!backend().refeed(schedule, state) && batch != nullptr) feed(plan, *batch);
  const std::optional<std::string> first = firstNotFinite(plan, state, Phase::Backward);
  setSums({});
  refuseNotFinite(first ? "'" + *first + "'" : "the loss", state);
}

// While some weights are not finite: throws unless what they lead to is.
void Program::requireFiniteForward(Plan& plan, const Batch& batch, const StepState& state) {
  const std::optional<std::string> first = firstNotFinite(plan, state, Phase::Forward);
  backend().observe(true);
  if (first) refuseNotFinite("'" + *first + "'", state);
  feed(plan, batch);  // the forward pass may have written over the batch
}

void Program::evaluate(const Batch& batch, RunId run) {
  switchTo(run);
  start(ready(Mode::Evaluate, batch), stepState(0));
  observe(false, &batch);
}

std::vector<std::vector<float>> Program::predict(const Batch& batch, bool training) {
  Plan& plan = ready(training ? Mode::PredictTraining : Mode::Predict, batch);
  StepState state = stepState(0);
  if (training) state.step = kFirstDraw + draws_++;
  plan.run(backend(), state, store_->weightsVersion());
  std::vector<std::vector<float>> outputs;
  for (const TensorId output : plan.model().outputs)
    outputs.push_back(plan.read(backend(), output));
  return outputs;
}

GradientValues Program::gradients(const Batch& batch) {
  switchTo(kNoRun);
  Plan& plan = ready(Mode::Gradients, batch);
  plan.run(backend(), stepState(0), store_->weightsVersion());
  const auto readAll = [&](const std::vector<TensorId>& tensors) {
    std::vector<std::vector<float>> values;
    for (const TensorId id : tensors) {
      values.push_back(id == kNoTensor ? std::vector<float>{} : plan.read(backend(), id));
    }
    return values;
  };
  return {readAll(plan.model().inputGradients), readAll(plan.model().weightGradients)};
}

std::vector<Result> Program::results(bool reset, RunId run) {
  if (run == run_) observe(reset || latest_.empty(), nullptr);
  const std::vector<double>& sums = run == run_ ? latest_ : parked_[run];
  std::vector<Result> results;
  for (std::size_t i = 0; i < slotTable_->results.size(); ++i) {
    const std::string& name = slotTable_->results[i];
    const double sum = sums.empty() ? 0 : sums.at(2 * i);
    // Penalties leave the counting of samples to the losses, which come first.
    const std::size_t counting = name == "penalty" ? 0 : i;
    const double count = sums.empty() ? 0 : sums.at(2 * counting + 1);
    results.push_back({name, sum, count});
  }
  if (run != run_) {
    if (reset || sums.empty()) parked_.erase(run);
  } else if (reset) {
    setSums({});
  }
  return results;
}

// They are written back as they were, so that an interrupted run gives the same sums bit for bit.
void Program::switchTo(RunId run) {
  if (run == run_) return;
  settle();
  if (run_ != kNoRun && !latest_.empty()) parked_[run_] = std::move(latest_);
  run_ = run;
  auto found = parked_.extract(run);
  setSums(found.empty() ? std::vector<double>{} : std::move(found.mapped()));
}

void Program::setSums(std::vector<double> sums) {
  constexpr std::array<double, 2> kZero{};
  for (std::size_t i = 0; i < slotTable_->results.size(); ++i) {
    const Slot& slot = *slots_[slotTable_->accumulator(i)];
    const double* values = sums.empty() ? kZero.data() : &sums.at(2 * i);
    if (slot.memory) backend().writeBytes(slot.memory->data(), values, sizeof kZero);
  }
  latest_ = std::move(sums);
}

}  // namespace node_cudnn
