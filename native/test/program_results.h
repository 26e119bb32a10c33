// The base of tests that look at a program's results.
#pragma once

#include <memory>
#include <vector>

#include "backend_test.h"
#include "graph_runner.h"
#include "small_model.h"

namespace node_cudnn::test {

using Floats = std::vector<float>;

inline Values inDoubles(const Floats& values) { return {values.begin(), values.end()}; }

inline HostRows rowsOf(const Floats& values, std::int64_t rowElements, const char* name = "x") {
  const auto rows = static_cast<std::int64_t>(values.size()) / rowElements;
  return {values.data(), HostType::Float32, rows, rowElements, nullptr, 0, name};
}

class ProgramResultsTest : public OnEveryBackend {
 protected:
  static std::unique_ptr<Program> prepared(ModelSpec spec, const TrainingSpec& training) {
    auto program = std::make_unique<Program>(std::move(spec));
    program->configureTraining(training);
    program->initialize();
    return program;
  }

  // A model of one activation, or of none.
  static std::unique_ptr<Program> activationModel(std::int64_t units, const char* function,
                                                  const TrainingSpec& training) {
    SmallModel model(GetParam());
    const std::int32_t x = model.input("x", {units});
    model.output(model.activation("activation", x, function));
    return prepared(model.spec, training);
  }

  static Batch batchOf(const Floats& x, const Floats& y, std::int64_t xElements,
                       std::int64_t yElements, const Floats& weights = {}) {
    Batch batch;
    batch.size = static_cast<std::int64_t>(x.size()) / xElements;
    batch.inputs = {rowsOf(x, xElements)};
    batch.targets = {rowsOf(y, yElements, "y")};
    if (!weights.empty()) batch.sampleWeights = {rowsOf(weights, 1, "sampleWeight")};
    return batch;
  }
};

}  // namespace node_cudnn::test
