#include "op_trial.h"

#include <memory>
#include <set>
#include <sstream>
#include <utility>

#include "../graph_runner.h"
#include "../numbers.h"
#include "../tolerances.h"

namespace node_cudnn::fuzz {

using test::CaseGraph;
using test::CaseInput;
using test::Kind;
using test::OpCase;
using test::Values;

namespace {

std::string attributeText(const AttributeValue& value) {
  std::ostringstream text;
  if (const auto* flag = std::get_if<bool>(&value)) text << (*flag ? "true" : "false");
  if (const auto* number = std::get_if<double>(&value)) text << *number;
  if (const auto* word = std::get_if<std::string>(&value)) text << *word;
  if (const auto* numbers = std::get_if<std::vector<double>>(&value)) {
    for (std::size_t i = 0; i < numbers->size(); ++i) text << (i == 0 ? "[" : ",") << (*numbers)[i];
    text << "]";
  }
  return text.str();
}

Attributes unitConvolution() {
  return {{"strides", test::list({1, 1})},
          {"padding", test::list({0, 0, 0, 0})},
          {"dilations", test::list({1, 1})},
          {"groups", 1.0}};
}

// `results` as the CPU backend and the reference have them.
std::optional<std::string> compare(const OpCase& op, const std::vector<TensorId>& results,
                                   double tolerance, std::uint32_t seed) {
  CaseGraph built(op);
  built.graph.results = results;
  test::GraphRunner actual(comparedBackend(), built.graph);
  test::GraphRunner expected("reference", built.graph);
  for (test::GraphRunner* runner : {&actual, &expected}) {
    for (std::size_t i = 0; i < built.inputs.size(); ++i) {
      const auto own = seed * 1000 + static_cast<std::uint32_t>(i);
      runner->set(built.inputs[i], makeValues(op.inputs[i].shape, op.inputs[i].kind, own));
    }
    runner->set(built.outputGradient,
                makeValues(built.graph.shape(built.output), Kind::Normal, seed * 1000 + 999));
    runner->run({.seed = seed, .step = 3, .learningRate = 0, .firstRow = op.firstRow});
  }
  for (const TensorId tensor : results) {
    // Gradients of one value at most, where terms of that size cancel.
    const auto wrong = difference(built.graph.tensor(tensor).name, actual.get(tensor),
                                  expected.get(tensor), tolerance, 1);
    if (wrong) return *wrong + "; " + actual.commands();
  }
  return std::nullopt;
}

std::optional<std::string> run(const OpCase& op, double tolerance, std::uint32_t seed) {
  const CaseGraph built(op);
  if (const auto wrong = compare(op, comparableTensors(built), tolerance, seed)) return wrong;
  // What is no result may be written over.
  std::vector<TensorId> gradients;
  for (const TensorId gradient : built.gradients) {
    if (gradient != kNoTensor) gradients.push_back(gradient);
  }
  if (const auto wrong = compare(op, gradients, tolerance, seed)) return "overwritten: " + *wrong;
  if (const auto wrong = compare(op, {built.output}, tolerance, seed)) {
    return "overwritten: " + *wrong;
  }
  return std::nullopt;
}

}  // namespace

OpBuilder::OpBuilder(Random& random, std::string op) : random_(random), op_(std::move(op)) {}

OpBuilder::Value OpBuilder::input(const std::string& name, const Shape& shape, Role role, Kind kind,
                                  bool differentiable) {
  inputs_.push_back({name, shape, role, kind, differentiable});
  shadowIds_.push_back(shadow_.addTensor({name, shape, ElementType::Float, role}));
  shapes_.push_back(shape);
  inputValues_.push_back(shapes_.size() - 1);
  return shapes_.size() - 1;
}

OpBuilder::Value OpBuilder::add(const std::string& type, const std::vector<Value>& inputs,
                                const Attributes& attributes, const std::vector<int>& unwanted) {
  std::vector<TensorId> ids;
  for (const Value value : inputs) {
    ids.push_back(value == kAbsent ? kNoTensor : shadowIds_[value]);
  }
  const std::string name = type + std::to_string(steps_.size());
  const Op& made = shadow_.add(type, name, ids, attributes, Phase::Forward, unwanted);
  shadowIds_.push_back(made.outputs[0]);
  shapes_.push_back(shadow_.shape(made.outputs[0]));
  steps_.push_back({type, attributes, inputs, unwanted, shapes_.size() - 1});
  return shapes_.size() - 1;
}

OpBuilder::Value OpBuilder::weight(const std::string& name, const Shape& shape, Kind kind,
                                   bool differentiable) {
  return input(name, shape, Role::Weight, kind, differentiable);
}

OpBuilder::Value OpBuilder::source(const Shape& shape, Kind kind) {
  if (random_.chance(0.25)) {
    return input("x" + std::to_string(inputs_.size()), shape, Role::Input, kind, true);
  }
  plainOp_ = false;
  const Value made = shape.size() == 4 ? image(shape) : rows(shape);
  return random_.chance(0.4) ? passedOn(made) : made;
}

OpBuilder::Value OpBuilder::image(const Shape& shape) {
  const std::string name = "x" + std::to_string(inputs_.size());
  switch (random_.below(4)) {
    case 0: {
      const Value from =
          input(name, {shape[0], shape[3], shape[1], shape[2]}, Role::Input, Kind::Normal, true);
      return add("permute", {from}, {{"dims", test::list({2, 3, 1})}});
    }
    case 1: {
      const std::int64_t count = shape[1] * shape[2] * shape[3];
      const Value from = input(name, {shape[0], count}, Role::Input, Kind::Normal, true);
      return add(
          "reshape", {from},
          {{"shape", test::list({static_cast<double>(shape[1]), static_cast<double>(shape[2]),
                                 static_cast<double>(shape[3])})}});
    }
    default: {
      const Value from =
          input(name, {shape[0], shape[1], shape[2], 3}, Role::Input, Kind::Normal, true);
      const Value kernel = weight(name + "/kernel", {1, 1, 3, shape[3]});
      return add("conv2d", {from, kernel, kAbsent}, unitConvolution());
    }
  }
}

OpBuilder::Value OpBuilder::rows(const Shape& shape) {
  if (shape.size() == 2 && random_.chance(0.5)) {
    const Value from = image({shape[0], random_.between(1, 3), random_.between(1, 3), shape[1]});
    return add("globalAveragePooling2d", {from}, {});
  }
  Shape wide = shape;
  wide.back() = 5;
  const std::string name = "x" + std::to_string(inputs_.size());
  const Value from = input(name, wide, Role::Input, Kind::Normal, true);
  const Value kernel = weight(name + "/kernel", {5, shape.back()});
  return add("dense", {from, kernel, kAbsent}, {});
}

OpBuilder::Value OpBuilder::passedOn(Value value) {
  const bool image = shape(value).size() == 4;
  switch (random_.below(image ? 6 : 3)) {
    case 0:
      return add("activation", {value}, {{"function", std::string("tanh")}});
    case 1:
      return add("dropout", {value}, {{"rate", 0.25}, {"stream", 7.0}});
    case 2:
      return add("add", {value, value}, {});
    case 3:
      return add("averagePooling2d", {value},
                 {{"poolSize", test::list({1, 1})},
                  {"strides", test::list({1, 1})},
                  {"padding", test::list({0, 0, 0, 0})}});
    case 4:
      return add("upSampling2d", {value}, {{"size", test::list({1, 1})}});
    default:
      return add("activation", {value}, {{"function", std::string("sigmoid")}});
  }
}

OpBuilder::Value OpBuilder::op(const Attributes& attributes, const std::vector<Value>& inputs,
                               const std::vector<int>& unwanted) {
  // The gradients of an input that occurs twice are summed.
  const std::set<Value> different(inputs.begin(), inputs.end());
  if (different.size() < inputs.size()) plainOp_ = false;
  return add(op_, inputs, attributes, unwanted);
}

OpBuilder::Value OpBuilder::sink(Value value) {
  if (random_.chance(0.4)) return value;
  plainOp_ = false;
  const Shape x = shape(value);
  const std::int64_t units = random_.channels();
  if (x.size() == 4 && random_.chance(0.6)) {
    return add("conv2d", {value, weight("last", {1, 1, x[3], units}), kAbsent}, unitConvolution());
  }
  if (x.size() == 4 && random_.chance(0.5)) {
    return add("permute", {value}, {{"dims", test::list({3, 1, 2})}});
  }
  return add("dense", {value, weight("last", {x.back(), units}), kAbsent}, {});
}

Trial OpBuilder::finish(Value output) {
  auto op = std::make_shared<OpCase>();
  op->name = op_;
  op->op = op_;
  op->inputs = inputs_;
  op->firstRow = static_cast<std::uint64_t>(random_.below(2) * 3);
  op->build = [steps = steps_, inputValues = inputValues_, count = shapes_.size(), output](
                  Graph& graph, const std::vector<TensorId>& inputs) {
    std::vector<TensorId> ids(count, kNoTensor);
    for (std::size_t i = 0; i < inputs.size(); ++i) ids[inputValues[i]] = inputs[i];
    for (const Step& step : steps) {
      std::vector<TensorId> reads;
      for (const Value value : step.inputs) {
        reads.push_back(value == kAbsent ? kNoTensor : ids[value]);
      }
      const std::string name = step.type + std::to_string(step.output);
      ids[step.output] =
          graph.add(step.type, name, reads, step.attributes, Phase::Forward, step.unwanted)
              .outputs[0];
    }
    return ids[output];
  };
  Trial trial;
  std::ostringstream text;
  for (const Step& step : steps_) {
    text << (&step == steps_.data() ? "" : "; ") << step.type;
    for (const Value value : step.inputs) {
      if (value != kAbsent) text << " " << toString(shapes_[value]);
    }
    for (const auto& [name, value] : step.attributes.values()) {
      text << " " << name << "=" << attributeText(value);
    }
  }
  trial.text = text.str();
  trial.opTypes = opTypesOf(CaseGraph(*op).graph);
  const double tolerance = test::toleranceOf(plainOp_ ? op_ : "graph");
  trial.run = [op, tolerance](std::uint32_t seed) { return run(*op, tolerance, seed); };
  return trial;
}

}  // namespace node_cudnn::fuzz
