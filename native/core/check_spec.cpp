#include "check_spec.h"

#include <set>
#include <string>

#include "error.h"
#include "op.h"

namespace node_cudnn {

namespace {

[[noreturn]] void refuse(const std::string& place, const std::string& message) {
  throw Error(ErrorCode::Option, place, message);
}

std::string amount(std::size_t least, std::size_t most, const std::string& noun) {
  const std::string atLeast = least == most ? "" : "at least ";
  return atLeast + std::to_string(least) + ' ' + noun + (least == 1 ? "" : "s");
}

std::string typesFor(OpUse use) {
  std::string known;
  for (const std::string& type : opTypes()) {
    if (findOp(type).use == use) known += (known.empty() ? "" : ", ") + type;
  }
  return known;
}

// `values` are there so far.
void checkIds(const OpSpec& op, const std::string& place, std::size_t values, std::size_t weights) {
  for (const std::int32_t id : op.inputs) {
    if (id >= 0 && static_cast<std::size_t>(id) < values) continue;
    refuse(place, "input " + std::to_string(id) + " is none of the " + std::to_string(values) +
                      " values before it");
  }
  for (const std::int32_t index : op.weights) {
    if (index >= -1 && index < static_cast<std::int64_t>(weights)) continue;
    refuse(place, "weight " + std::to_string(index) + " is none of the model's " +
                      std::to_string(weights));
  }
}

void checkOperands(const OpSpec& op, const std::string& place, const Operands& operands) {
  const std::size_t values = op.inputs.size();
  if (values < operands.leastValues || values > operands.mostValues) {
    refuse(place, "expected " + amount(operands.leastValues, operands.mostValues, "input") +
                      ", got " + std::to_string(values));
  }
  const std::vector<bool>& wanted = operands.weights;
  if (op.weights.size() > wanted.size()) {
    refuse(place, "expected at most " + amount(wanted.size(), wanted.size(), "weight") + ", got " +
                      std::to_string(op.weights.size()));
  }
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const bool there = i < op.weights.size() && op.weights[i] >= 0;
    if (wanted[i] && !there) refuse(place, "weight " + std::to_string(i) + " is missing");
  }
}

void checkWeights(const std::vector<WeightSpec>& weights) {
  std::set<std::string> names;
  std::set<std::int64_t> ids;
  for (const WeightSpec& weight : weights) {
    if (!names.insert(weight.name).second) {
      refuse("weight '" + weight.name + "'", "is there twice; give each a name of its own");
    }
    if (weight.id >= 0 && !ids.insert(weight.id).second) {
      refuse("weight '" + weight.name + "'",
             "has the id " + std::to_string(weight.id) +
                 " of another; ops that share a weight name the same index");
    }
  }
}

}  // namespace

void checkModel(const ModelSpec& spec) {
  if (spec.inputs.empty()) refuse("model", "has no inputs");
  if (spec.outputs.empty()) refuse("model", "has no outputs");
  checkWeights(spec.weights);
  std::size_t values = spec.inputs.size();
  for (const OpSpec& op : spec.ops) {
    const std::string place = op.type + " '" + op.name + "'";
    const OpDefinition& definition = findOp(op.type);
    if (definition.use != OpUse::Model) {
      refuse(place, "is no op for models; those are " + typesFor(OpUse::Model));
    }
    checkIds(op, place, values++, spec.weights.size());
    checkOperands(op, place, definition.operands);
  }
  for (const std::int32_t output : spec.outputs) {
    if (output >= 0 && static_cast<std::size_t>(output) < values) continue;
    refuse("output " + std::to_string(output),
           "is none of the model's " + std::to_string(values) + " values");
  }
}

void checkTraining(const ModelSpec& model, const TrainingSpec& spec) {
  for (const MetricSpec& metric : spec.metrics) {
    const std::string place = "metric '" + metric.type + "'";
    // The sparse form is a loss by name, and no op.
    const bool known = metric.type == "sparseCategoricalCrossentropy";
    const OpUse use = known ? OpUse::Loss : findOp(metric.type).use;
    if (use != OpUse::Metric && use != OpUse::Loss) {
      refuse(place,
             "is no metric; those are " + typesFor(OpUse::Metric) + ", " + typesFor(OpUse::Loss));
    }
    if (metric.output < 0 || static_cast<std::size_t>(metric.output) >= model.outputs.size()) {
      refuse(place, "output " + std::to_string(metric.output) + " is none of the model's " +
                        std::to_string(model.outputs.size()));
    }
  }
  const std::string& optimizer = spec.optimizer.type;
  if (findOp(optimizer).use != OpUse::Optimizer) {
    refuse("optimizer '" + optimizer + "'",
           "is no optimizer; those are " + typesFor(OpUse::Optimizer));
  }
}

}  // namespace node_cudnn
