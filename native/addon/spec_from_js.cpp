#include "spec_from_js.h"

#include <limits>

namespace node_cudnn {

namespace {

// A whole number in [least, end).
std::int32_t indexFromJs(const Field& field, std::int64_t least, std::int64_t end) {
  const std::int64_t value = field.integer();
  if (value < least || value >= end) {
    throw field.mismatch("an index from " + std::to_string(least) + " to " +
                         std::to_string(end - 1));
  }
  return static_cast<std::int32_t>(value);
}

std::vector<std::int32_t> indicesFromJs(const Field& field, std::int64_t least, std::size_t end) {
  std::vector<std::int32_t> indices;
  for (const Field& element : field.elements()) {
    indices.push_back(indexFromJs(element, least, static_cast<std::int64_t>(end)));
  }
  return indices;
}

AttributeValue attributeFromJs(const Field& field) {
  if (field.value().IsBoolean()) return field.boolean();
  if (field.value().IsNumber()) return field.finite();
  if (field.value().IsString()) return field.text();
  if (!field.isArray())
    throw field.mismatch("a boolean, a number, a string or an array of numbers");
  std::vector<double> numbers;
  for (const Field& element : field.elements()) numbers.push_back(element.finite());
  return numbers;
}

WeightSpec weightSpecFromJs(const Field& field) {
  WeightSpec spec;
  spec.name = field["name"].text();
  spec.shape = field["shape"].integers();
  spec.initializer.kind = field["initializer"]["kind"].text();
  spec.initializer.attributes = attributesFromJs(field["initializer"]["attributes"]);
  spec.trainable = field["trainable"].boolean();
  spec.l1 = field["l1"].finite();
  spec.l2 = field["l2"].finite();
  if (!field["id"].isAbsent()) spec.id = weightIdFromJs(field["id"]);
  return spec;
}

// values, weights: how many there are for the op to name.
OpSpec opSpecFromJs(const Field& field, std::size_t values, std::size_t weights) {
  OpSpec spec;
  spec.type = field["type"].text();
  spec.name = field["name"].text();
  spec.inputs = indicesFromJs(field["inputs"], 0, values);
  spec.weights = indicesFromJs(field["weights"], -1, weights);
  spec.attributes = attributesFromJs(field["attributes"]);
  return spec;
}

LossSpec lossSpecFromJs(const Field& field) {
  LossSpec spec;
  spec.type = field["type"].text();
  spec.weight = field["weight"].finite();
  spec.fromLogits = field["fromLogits"].boolean();
  return spec;
}

MetricSpec metricSpecFromJs(const Field& field) {
  MetricSpec spec;
  spec.type = field["type"].text();
  spec.output = indexFromJs(field["output"], 0, std::numeric_limits<std::int32_t>::max());
  spec.attributes = attributesFromJs(field["attributes"]);
  spec.weighted = field["weighted"].boolean();
  return spec;
}

}  // namespace

Attributes attributesFromJs(const Field& field) {
  Attributes attributes;
  for (const std::string& name : field.propertyNames()) {
    attributes.set(name, attributeFromJs(field[name]));
  }
  return attributes;
}

std::int64_t weightIdFromJs(const Field& field) {
  const std::int64_t id = field.integer();
  if (id < 0) throw field.mismatch("a whole number from 0 on");
  return id;
}

ModelSpec modelSpecFromJs(const Field& field) {
  ModelSpec spec;
  spec.backend = field["backend"].text();
  const Field options = field["backendOptions"];
  if (!options.isAbsent()) spec.backendOptions = attributesFromJs(options);
  const Field seed = field["seed"];
  if (seed.integer() < 0) throw seed.mismatch("a whole number from 0 on");
  spec.seed = static_cast<std::uint64_t>(seed.integer());
  for (const Field& input : field["inputs"].elements()) {
    spec.inputs.push_back({input["name"].text(), input["shape"].integers()});
  }
  for (const Field& weight : field["weights"].elements()) {
    spec.weights.push_back(weightSpecFromJs(weight));
  }
  // An op may name the values before it.
  std::size_t values = spec.inputs.size();
  for (const Field& op : field["ops"].elements()) {
    spec.ops.push_back(opSpecFromJs(op, values++, spec.weights.size()));
  }
  spec.outputs = indicesFromJs(field["outputs"], 0, values);
  return spec;
}

TrainingSpec trainingSpecFromJs(const Field& field) {
  TrainingSpec spec;
  for (const Field& loss : field["losses"].elements()) spec.losses.push_back(lossSpecFromJs(loss));
  for (const Field& metric : field["metrics"].elements()) {
    spec.metrics.push_back(metricSpecFromJs(metric));
  }
  spec.optimizer.type = field["optimizer"]["type"].text();
  spec.optimizer.attributes = attributesFromJs(field["optimizer"]["attributes"]);
  return spec;
}

}  // namespace node_cudnn
