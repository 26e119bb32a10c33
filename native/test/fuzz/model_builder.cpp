#include "model_builder.h"

#include <cmath>
#include <utility>

#include "../numbers.h"
#include "core/error.h"

namespace node_cudnn::fuzz {

namespace {

constexpr std::int64_t kMostElements = 4096;  // of a value's row

Attributes function(const std::string& name, double alpha) {
  return {{"function", name}, {"alpha", alpha}};
}

}  // namespace

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

void ModelBuilder::addConvolution(std::int32_t x) {
  const Shape in = shape(x);
  const std::int64_t size = random_.pick(std::vector<std::int64_t>{1, 1, 2, 3, 3, 5});
  std::int64_t groups = 1;
  std::int64_t filters = random_.channels();
  if (in[2] % 2 == 0 && random_.chance(0.2)) groups = 2;
  if (random_.chance(0.1)) groups = in[2];
  if (groups > 1) filters = groups * random_.between(1, 2);
  const double before = static_cast<double>((size - 1) / 2);
  const double after = static_cast<double>(size / 2);
  const double limit = std::sqrt(3.0 / static_cast<double>(size * size * (in[2] / groups)));
  const std::string name = "conv2d" + std::to_string(model.ops.size());
  const std::int32_t kernel =
      addWeight(name + "/kernel", {size, size, in[2] / groups, filters}, "uniform", limit);
  const std::int32_t bias =
      random_.chance(0.7) ? addWeight(name + "/bias", {filters}, "uniform", 0.1) : -1;
  const double stride = random_.chance(0.2) ? 2 : 1;
  const std::int32_t y = add("conv2d", {x},
                             {{"strides", test::list({stride, stride})},
                              {"padding", test::list({before, after, before, after})},
                              {"dilations", test::list({1, 1})},
                              {"groups", static_cast<double>(groups)}},
                             {kernel, bias});
  if (random_.chance(0.5)) add("activation", {y}, function("relu", 0));
}

std::int32_t ModelBuilder::addDense(std::int32_t x, std::int64_t units) {
  const std::int64_t inputs = shape(x).back();
  const std::string name = "dense" + std::to_string(model.ops.size());
  const double limit = std::sqrt(3.0 / static_cast<double>(inputs));
  const std::int32_t kernel = addWeight(name + "/kernel", {inputs, units}, "uniform", limit);
  const std::int32_t bias =
      random_.chance(0.7) ? addWeight(name + "/bias", {units}, "uniform", 0.1) : -1;
  return add("dense", {x}, {}, {kernel, bias});
}

void ModelBuilder::addNormalization(std::int32_t x) {
  const Shape channels{shape(x).back()};
  const std::string name = "batchNormalization" + std::to_string(model.ops.size());
  const std::int32_t gamma =
      random_.chance(0.7) ? addWeight(name + "/gamma", channels, "ones", 0) : -1;
  const std::int32_t beta =
      random_.chance(0.7) ? addWeight(name + "/beta", channels, "uniform", 0.5) : -1;
  const std::int32_t mean = addWeight(name + "/movingMean", channels, "zeros", 0, false);
  const std::int32_t variance = addWeight(name + "/movingVariance", channels, "ones", 0, false);
  // A large epsilon: the variance of few values may be next to nothing.
  add("batchNormalization", {x}, {{"epsilon", 0.1}, {"momentum", 0.9}},
      {gamma, beta, mean, variance});
}

void ModelBuilder::addJoin(std::int32_t x) {
  const bool sum = random_.chance(0.5);
  const Shape in = shape(x);
  const std::size_t axis =
      sum ? in.size()
          : static_cast<std::size_t>(random_.below(static_cast<std::int64_t>(in.size())));
  const std::vector<std::int32_t> alike = valuesLike(x, axis);
  std::vector<std::int32_t> inputs{x};
  for (std::int64_t i = random_.between(1, 3); i > 0; --i) inputs.push_back(random_.pick(alike));
  if (sum) {
    add("add", inputs, {});
  } else {
    add("concatenate", inputs, {{"axis", static_cast<double>(axis + 1)}});
  }
}

void ModelBuilder::addImageOp(std::int32_t x) {
  const Shape in = shape(x);
  const auto pooling = [&](const char* type) {
    const double h = in[0] > 1 ? 2 : 1;
    const double w = in[1] > 1 ? 2 : 1;
    const double stride = random_.chance(0.5) ? 2 : 1;
    add(type, {x},
        {{"poolSize", test::list({h, w})},
         {"strides", test::list({stride, stride})},
         {"padding", test::list({0, h - 1, 0, w - 1})}});
  };
  switch (random_.below(8)) {
    case 0:
      pooling("maxPooling2d");
      return;
    case 1:
      pooling("averagePooling2d");
      return;
    case 2:
      add("globalAveragePooling2d", {x}, {});
      return;
    case 3:
      if (elementCount(in) * 4 <= kMostElements)
        add("upSampling2d", {x}, {{"size", test::list({2, 1})}});
      return;
    case 4:
      add("localResponseNormalization", {x},
          {{"depthRadius", static_cast<double>(random_.between(1, 5))},
           {"bias", 1.0},
           {"alpha", 0.1},
           {"beta", random_.chance(0.5) ? 0.75 : 0.5}});
      return;
    default:
      addConvolution(x);
  }
}

void ModelBuilder::addOp(std::int32_t x) {
  const Shape in = shape(x);
  const std::vector<std::string> functions{"relu",    "relu", "leakyRelu", "elu",
                                           "sigmoid", "tanh", "softplus",  "linear"};
  switch (random_.below(9)) {
    case 0:
      addDense(x, random_.channels());
      return;
    case 1:
      add("dropout", {x}, {{"rate", 0.3}});
      return;
    case 2:
      addNormalization(x);
      return;
    case 3:
      add("reshape", {x}, {{"shape", test::list({static_cast<double>(elementCount(in))})}});
      return;
    case 4:
      if (in.size() == 3) add("permute", {x}, {{"dims", test::list({3, 1, 2})}});
      return;
    case 5:
      add("rescaling", {x}, {{"scale", 0.5}, {"offset", 0.25}});
      return;
    case 6:
      if (random_.chance(0.3)) add("softmax", {x}, {});
      return;
    default:
      add("activation", {x}, function(random_.pick(functions), 0.2));
  }
}

void ModelBuilder::addRandomOp() {
  const std::int32_t x = anyValue();
  if (random_.chance(0.3)) return addJoin(x);
  if (shape(x).size() == 3 && random_.chance(0.6)) return addImageOp(x);
  addOp(x);
}

void ModelBuilder::addLoss(std::int32_t output, std::int64_t units) {
  LossSpec loss;
  Shape target = shape(output);
  std::int64_t labels = 0;
  switch (random_.below(units > 1 ? 5 : 2)) {
    case 0:
      loss.type = "meanSquaredError";
      break;
    case 1:
      loss.type = "binaryCrossentropy";
      break;
    case 2:
      loss.type = "categoricalCrossentropy";
      break;
    case 3:
      loss.type = "meanAbsoluteError";
      break;
    default:
      loss.type = "sparseCategoricalCrossentropy";
      labels = target.back();
      target.pop_back();
  }
  loss.weight = random_.pick(std::vector<double>{1, 1, 0.5});
  const std::string& last = model.ops.back().type;
  const bool probability = last == "softmax" || last == "activation";
  loss.fromLogits = !probability && loss.type.ends_with("rossentropy");
  training.losses.push_back(loss);
  targets.push_back(target);
  classes.push_back(labels);
}

void ModelBuilder::addMetrics(std::int32_t output, std::int64_t units) {
  std::vector<std::string> types{"meanSquaredError", "meanAbsoluteError", "binaryAccuracy"};
  if (classes.back() > 0) types = {"sparseCategoricalAccuracy", "topKCategoricalAccuracy"};
  if (classes.back() == 0 && units > 1) types.emplace_back("categoricalAccuracy");
  Attributes attributes;
  const std::string& type = random_.pick(types);
  if (type == "topKCategoricalAccuracy") attributes.set("k", 2.0);
  training.metrics.push_back({type, output, attributes, random_.chance(0.5)});
}

void ModelBuilder::addOutput(std::int32_t x) {
  const std::int64_t units = random_.between(1, 6);
  std::int32_t y = addDense(x, units);
  // Probabilities next to 0 or 1 are alike in single precision, and have lost what their gradients
  // are made of.
  const auto scaled = [&] { return add("rescaling", {y}, {{"scale", 0.1}, {"offset", 0.0}}); };
  const bool softmax = units > 1 && random_.chance(0.4);
  const bool sigmoid = !softmax && random_.chance(0.3);
  if (softmax) y = add("softmax", {scaled()}, {});
  if (sigmoid) y = add("activation", {scaled()}, function("sigmoid", 0));
  // A loss does not look behind another op than softmax or sigmoid.
  if ((softmax || sigmoid) && random_.chance(0.4)) {
    y = add("activation", {y}, function("linear", 0));
  }
  model.outputs.push_back(y);
  addLoss(y, units);
  addMetrics(static_cast<std::int32_t>(model.outputs.size()) - 1, units);
}

void ModelBuilder::chooseOptimizer() {
  Attributes attributes;
  if (random_.chance(0.2)) attributes.set("clipNorm", 0.5);
  if (random_.chance(0.2)) attributes.set("globalClipNorm", 0.5);
  if (random_.chance(0.2)) attributes.set("clipValue", 0.1);
  if (random_.chance(0.2)) attributes.set("weightDecay", 0.01);
  if (random_.chance(0.5)) attributes.set("weightDecayMode", std::string("l2"));
  if (random_.chance(0.6)) {
    attributes.set("momentum", random_.chance(0.5) ? 0.9 : 0.0);
    attributes.set("nesterov", random_.chance(0.3));
    training.optimizer = {"sgd", attributes};
  } else {
    // A large epsilon: the sign of a gradient next to nothing is that of its rounding.
    attributes.set("epsilon", 0.1);
    training.optimizer = {"adam", attributes};
  }
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
