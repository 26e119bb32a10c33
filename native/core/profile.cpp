#include <algorithm>
#include <chrono>

#include "error.h"
#include "plan.h"
#include "program.h"

namespace node_cudnn {

namespace {

double medianOf(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

double millisecondsOf(const auto& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
      .count();
}

// Copies of everything that a training step changes, put back after the measurement.
struct Snapshot {
  std::vector<std::vector<float>> weights;
  std::vector<std::vector<float>> state;
  std::uint64_t step;
};

Snapshot takeSnapshot(Program& program) {
  Snapshot snapshot{{}, {}, program.step()};
  for (std::size_t i = 0; i < program.weightCount(); ++i) {
    snapshot.weights.push_back(program.readWeight(i));
  }
  for (std::size_t i = 0; i < program.optimizerStateNames().size(); ++i) {
    snapshot.state.push_back(program.readOptimizerState(i));
  }
  return snapshot;
}

void restore(Program& program, const Snapshot& snapshot) {
  for (std::size_t i = 0; i < snapshot.weights.size(); ++i) {
    program.writeWeight(i, snapshot.weights[i]);
  }
  for (std::size_t i = 0; i < snapshot.state.size(); ++i) {
    program.writeOptimizerState(i, snapshot.state[i]);
  }
  program.setStep(snapshot.step);
}

}  // namespace

std::vector<CommandProfile> Program::profile(const Batch& batch, int repeats) {
  if (repeats < 1) throw Error(ErrorCode::Option, "repeats", "must be at least 1");
  constexpr float kLearningRate = 1e-6F;
  const Snapshot snapshot = takeSnapshot(*this);
  switchTo(kTraining);
  std::vector<double> sums = latest_;
  train(batch, kLearningRate);  // makes and warms up the plan
  settle();
  Plan& plan = ready(Mode::Train, batch);
  Schedule& schedule = plan.schedule();
  const StepState state = stepState(kLearningRate);
  const std::size_t count = schedule.commands.size();
  const auto runOne = [&](std::size_t i) {
    return millisecondsOf([&] {
      backend().run(schedule, i, i + 1, state);
      backend().observe(true);
    });
  };

  std::vector<std::vector<double>> inStep(count);
  std::vector<std::vector<double>> bare(count);
  for (int repeat = 0; repeat < repeats; ++repeat) {
    feed(plan, batch);
    for (std::size_t i = 0; i < count; ++i) inStep[i].push_back(runOne(i));
  }
  feed(plan, batch);
  for (std::size_t i = 0; i < count; ++i) {
    runOne(i);
    for (int repeat = 0; repeat < repeats; ++repeat) bare[i].push_back(runOne(i));
  }
  restore(*this, snapshot);
  setSums(std::move(sums));

  std::vector<CommandProfile> profiles;
  for (std::size_t i = 0; i < count; ++i) {
    const Command& command = schedule.commands[i];
    profiles.push_back({command.name, std::string(toString(command.work)), command.detail,
                        medianOf(inStep[i]), medianOf(bare[i]), command.flops});
  }
  return profiles;
}

}  // namespace node_cudnn
