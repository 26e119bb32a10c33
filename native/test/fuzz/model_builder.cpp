#include "model_builder.h"

#include <utility>

namespace node_cudnn::fuzz {

Shape ModelBuilder::shape(std::int32_t value) const {
  const Shape& full = shadow_.shape(ids_[static_cast<std::size_t>(value)]);
  return {full.begin() + 1, full.end()};
}

std::int32_t ModelBuilder::addWeight(const std::string& name, const Shape& shape,
                                     const std::string& kind, double limit, bool trainable) {
  WeightSpec weight{name, shape, {kind, {}}, trainable};
  if (kind == "uniform") weight.initializer.attributes = {{"minimum", -limit}, {"maximum", limit}};
  if (trainable && random_.chance(0.15)) weight.l2 = 0.01;
  if (trainable && random_.chance(0.05)) weight.l1 = 0.01;
  model.weights.push_back(std::move(weight));
  weightIds_.push_back(shadow_.addTensor({name, shape, ElementType::Float, Role::Weight}));
  return static_cast<std::int32_t>(weightIds_.size()) - 1;
}

std::int32_t ModelBuilder::add(const std::string& type, const std::vector<std::int32_t>& inputs,
                               const Attributes& attributes,
                               const std::vector<std::int32_t>& weights) {
  std::vector<TensorId> ids;
  for (const std::int32_t input : inputs) ids.push_back(ids_[static_cast<std::size_t>(input)]);
  for (const std::int32_t weight : weights) {
    ids.push_back(weight < 0 ? kNoTensor : weightIds_[static_cast<std::size_t>(weight)]);
  }
  Attributes full = attributes;
  if (type == "batchNormalization") full.set("training", true);
  const std::string name = type + std::to_string(model.ops.size());
  ids_.push_back(shadow_.add(type, name, ids, full).outputs[0]);
  model.ops.push_back({type, name, inputs, weights, attributes});
  return static_cast<std::int32_t>(ids_.size()) - 1;
}

std::int32_t ModelBuilder::addActivation(std::int32_t x, const std::string& function,
                                         double alpha) {
  return add("activation", {x}, {{"function", function}, {"alpha", alpha}});
}

// Late ones more often, so that the graph is deep.
std::int32_t ModelBuilder::anyValue() {
  const auto count = static_cast<std::int64_t>(ids_.size());
  return static_cast<std::int32_t>(random_.chance(0.6) ? count - 1 : random_.below(count));
}

std::vector<std::int32_t> ModelBuilder::valuesLike(std::int32_t value, std::size_t axis) {
  std::vector<std::int32_t> alike;
  Shape wanted = shape(value);
  if (axis < wanted.size()) wanted[axis] = 0;
  for (std::int32_t other = 0; other < static_cast<std::int32_t>(ids_.size()); ++other) {
    Shape own = shape(other);
    if (axis < own.size()) own[axis] = 0;
    if (own == wanted) alike.push_back(other);
  }
  return alike;
}

void ModelBuilder::build() {
  const std::int64_t inputs = random_.between(1, 2);
  for (std::int64_t i = 0; i < inputs; ++i) {
    Shape shape{random_.between(1, 7), random_.between(1, 7),
                random_.chance(0.5) ? 3 : random_.channels()};
    if (random_.chance(0.2)) shape = {random_.channels()};
    const std::string name = "x" + std::to_string(i);
    model.inputs.push_back({name, shape});
    shape.insert(shape.begin(), 1);
    ids_.push_back(shadow_.addTensor({name, shape, ElementType::Float, Role::Input}));
  }
  for (std::int64_t i = random_.between(2, 12); i > 0; --i) {
    addRandomOp();
    if (elementCount(shape(static_cast<std::int32_t>(ids_.size()) - 1)) > kMostElements) break;
  }
  addOutput(static_cast<std::int32_t>(ids_.size()) - 1);
  if (random_.chance(0.3))
    addOutput(static_cast<std::int32_t>(random_.below(static_cast<std::int64_t>(ids_.size()))));
  chooseOptimizer();
}

}  // namespace node_cudnn::fuzz
