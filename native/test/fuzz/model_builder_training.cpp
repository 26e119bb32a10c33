// The losses, metrics and optimizers of random models.
#include <string>
#include <vector>

#include "model_builder.h"

namespace node_cudnn::fuzz {

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
  if (sigmoid) y = addActivation(scaled(), "sigmoid");
  // A loss does not look behind another op than softmax or sigmoid.
  if ((softmax || sigmoid) && random_.chance(0.4)) {
    y = addActivation(y, "linear");
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

}  // namespace node_cudnn::fuzz
