// The ops of random models.
#include <cmath>
#include <string>
#include <vector>

#include "../numbers.h"
#include "model_builder.h"

namespace node_cudnn::fuzz {

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
  if (random_.chance(0.5)) addActivation(y, "relu");
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
      addActivation(x, random_.pick(functions), 0.2);
  }
}

void ModelBuilder::addRandomOp() {
  const std::int32_t x = anyValue();
  if (random_.chance(0.3)) return addJoin(x);
  if (shape(x).size() == 3 && random_.chance(0.6)) return addImageOp(x);
  addOp(x);
}

}  // namespace node_cudnn::fuzz
