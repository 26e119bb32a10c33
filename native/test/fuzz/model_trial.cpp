// Whole models: gradients, predictions, and the weights and results after some steps.
#include <algorithm>
#include <cmath>
#include <memory>
#include <sstream>

#include "../small_model.h"
#include "../tolerances.h"
#include "../values.h"
#include "core/model_graph.h"
#include "core/program.h"
#include "model_builder.h"
#include "trial.h"

namespace node_cudnn::fuzz {

namespace {

constexpr float kLearningRate = 0.05F;

using Floats = std::vector<float>;

Floats floats(const test::Values& values) { return {values.begin(), values.end()}; }

// The rows that both programs see.
struct Rows {
  std::vector<Floats> inputs;
  std::vector<Floats> targets;
  std::vector<std::vector<std::int32_t>> labels;
  std::vector<Floats> weights;
};

// Of an output: its axes but the last.
Shape positionsOf(const ModelBuilder& built, std::size_t output) {
  Shape shape = built.targets[output];
  if (built.classes[output] == 0) shape.pop_back();
  return shape;
}

Rows rowsOf(const ModelBuilder& built, std::int64_t count, std::uint32_t seed) {
  Rows rows;
  const auto full = [count](Shape shape) {
    shape.insert(shape.begin(), count);
    return shape;
  };
  for (const InputSpec& input : built.model.inputs) {
    rows.inputs.push_back(floats(test::makeValues(full(input.shape), test::Kind::Normal, ++seed)));
  }
  for (std::size_t i = 0; i < built.targets.size(); ++i) {
    const Shape shape = full(built.targets[i]);
    rows.targets.push_back(floats(test::makeLabels(elementCount(shape), 2, ++seed)));
    const test::Values labels =
        test::makeLabels(elementCount(shape), std::max<std::int64_t>(built.classes[i], 1), ++seed);
    rows.labels.emplace_back(labels.begin(), labels.end());
    const Shape weights = full(positionsOf(built, i));
    rows.weights.push_back(floats(test::makeValues(weights, test::Kind::Positive, ++seed)));
  }
  return rows;
}

Batch batchOf(const ModelBuilder& built, const Rows& rows, std::int64_t size, bool weighted,
              bool withTargets = true) {
  Batch batch;
  batch.size = size;
  for (std::size_t i = 0; i < rows.inputs.size(); ++i) {
    const std::int64_t elements = elementCount(built.model.inputs[i].shape);
    batch.inputs.push_back(
        {rows.inputs[i].data(), HostType::Float32, size, elements, nullptr, 0, "x"});
  }
  for (std::size_t i = 0; withTargets && i < rows.targets.size(); ++i) {
    const std::int64_t elements = elementCount(built.targets[i]);
    const bool dense = built.classes[i] == 0;
    const void* data = dense ? static_cast<const void*>(rows.targets[i].data())
                             : static_cast<const void*>(rows.labels[i].data());
    batch.targets.push_back(
        {data, dense ? HostType::Float32 : HostType::Int32, size, elements, nullptr, 0, "y"});
    if (weighted) {
      batch.sampleWeights.push_back({rows.weights[i].data(), HostType::Float32, size,
                                     elementCount(positionsOf(built, i)), nullptr, 0, "weights"});
    }
  }
  return batch;
}

// What a program gives, in order, with names.
struct Outcome {
  std::vector<std::string> names;
  std::vector<std::vector<double>> values;

  void add(const std::string& name, const Floats& all) {
    names.push_back(name);
    values.emplace_back(all.begin(), all.end());
  }
  void addAll(const std::string& name, const std::vector<Floats>& lists) {
    for (std::size_t i = 0; i < lists.size(); ++i) add(name + " " + std::to_string(i), lists[i]);
  }
  void add(const std::string& when, const std::vector<Result>& results) {
    for (const Result& result : results) {
      names.push_back(when + " " + result.name);
      values.push_back({result.sum, result.count});
    }
  }

  // A gradient that is 0 may be a sum of others that are not: what rounding leaves of it is theirs.
  double largestGradient() const {
    double largest = 0;
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (!names[i].starts_with("gradient")) continue;
      for (const double value : values[i]) largest = std::max(largest, std::fabs(value));
    }
    return largest;
  }
};

Outcome outcomeOn(const std::string& backend, const ModelBuilder& built, const Rows& rows,
                  std::int64_t size, bool weighted, std::uint32_t seed) {
  ModelSpec spec = built.model;
  spec.backend = backend;
  spec.seed = seed;
  Program program(spec);
  program.configureTraining(built.training);
  program.initialize();
  Outcome outcome;
  const Batch batch = batchOf(built, rows, size, weighted);
  outcome.addAll("prediction", program.predict(batchOf(built, rows, size, false, false)));
  const GradientValues gradients = program.gradients(batch);
  outcome.addAll("gradient of input", gradients.inputs);
  outcome.addAll("gradient of weight", gradients.weights);
  program.results(true);
  program.train(batch, kLearningRate);
  outcome.add("training", program.results(true));
  if (size > 1) program.train(batchOf(built, rows, size - 1, weighted), kLearningRate);
  program.results(true);
  outcome.addAll("trained weight", test::allWeights(program));
  program.evaluate(batch);
  outcome.add("evaluation", program.results(true));
  outcome.addAll("late prediction", program.predict(batchOf(built, rows, size, false, false)));
  return outcome;
}

std::optional<std::string> run(const ModelBuilder& built, std::int64_t size, bool weighted,
                               std::uint32_t seed) {
  const Rows rows = rowsOf(built, size, seed * 1000);
  const Outcome actual = outcomeOn(comparedBackend(), built, rows, size, weighted, seed);
  const Outcome expected = outcomeOn("reference", built, rows, size, weighted, seed);
  for (std::size_t i = 0; i < actual.names.size(); ++i) {
    const bool isGradient = actual.names[i].starts_with("gradient");
    const auto wrong = difference(
        actual.names[i], actual.values[i], expected.values[i], test::toleranceOf("training"),
        isGradient ? std::max(1e-2, expected.largestGradient() / 8) : 1e-2);
    if (wrong) return wrong;
  }
  return std::nullopt;
}

std::string textOf(const ModelBuilder& built, std::int64_t size) {
  std::ostringstream text;
  text << "batch " << size;
  for (const InputSpec& input : built.model.inputs) text << "; input " << toString(input.shape);
  const auto inputs = static_cast<std::int32_t>(built.model.inputs.size());
  for (std::size_t i = 0; i < built.model.ops.size(); ++i) {
    const OpSpec& op = built.model.ops[i];
    text << "; " << inputs + static_cast<std::int32_t>(i) << "=" << op.type << "(";
    for (const std::int32_t input : op.inputs) text << (input == op.inputs[0] ? "" : ",") << input;
    for (const std::int32_t weight : op.weights) {
      if (weight >= 0)
        text << toString(built.model.weights[static_cast<std::size_t>(weight)].shape);
    }
    text << ")";
  }
  for (const LossSpec& loss : built.training.losses) text << "; " << loss.type;
  text << "; " << built.training.optimizer.type;
  return text.str();
}

Trial model(Random& random) {
  auto built = std::make_shared<ModelBuilder>(random);
  built->build();
  const std::int64_t size = random.between(1, 5);
  const bool weighted = random.chance(0.3);
  Trial trial;
  trial.text = textOf(*built, size);
  trial.opTypes =
      opTypesOf(buildModelGraph(built->model, built->training, Mode::Train, 2, weighted).graph);
  trial.run = [built, size, weighted](std::uint32_t seed) {
    return run(*built, size, weighted, seed);
  };
  return trial;
}

const RegisteredGenerators registered{{{"model", 16, model}}};

}  // namespace

}  // namespace node_cudnn::fuzz
