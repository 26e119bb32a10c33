#include "small_model.h"

#include <cmath>
#include <utility>

#include "values.h"

namespace node_cudnn::test {

namespace {

AttributeValue pair(double value) { return std::vector<double>{value, value}; }
AttributeValue padding(double value) { return std::vector<double>(4, value); }

}  // namespace

SmallModel::SmallModel(std::string backend, std::uint64_t seed) {
  spec.backend = std::move(backend);
  spec.seed = seed;
}

std::int32_t SmallModel::input(std::string name, Shape shape) {
  shapes_.push_back(shape);
  spec.inputs.push_back({std::move(name), std::move(shape)});
  return static_cast<std::int32_t>(shapes_.size()) - 1;
}

std::int32_t SmallModel::op(OpSpec op, Shape shape) {
  spec.ops.push_back(std::move(op));
  shapes_.push_back(std::move(shape));
  return static_cast<std::int32_t>(shapes_.size()) - 1;
}

std::int32_t SmallModel::addWeight(std::string name, Shape shape, const char* kind, double limit) {
  WeightSpec weight{std::move(name), std::move(shape), {kind, {}}};
  if (limit > 0) weight.initializer.attributes = {{"minimum", -limit}, {"maximum", limit}};
  spec.weights.push_back(std::move(weight));
  return static_cast<std::int32_t>(spec.weights.size()) - 1;
}

std::int32_t SmallModel::conv2d(std::string name, std::int32_t x, std::int64_t filters, bool bias,
                                double groups) {
  Shape y = shape(x);
  const std::int64_t inputs = y[2] / static_cast<std::int64_t>(groups);
  const double limit = std::sqrt(6.0 / static_cast<double>(9 * (inputs + filters)));
  const std::int32_t kernel =
      addWeight(name + "/kernel", {3, 3, inputs, filters}, "uniform", limit);
  const std::int32_t biases = bias ? addWeight(name + "/bias", {filters}, "zeros") : -1;
  y[2] = filters;
  const Attributes attributes{
      {"strides", pair(1)}, {"padding", padding(1)}, {"dilations", pair(1)}, {"groups", groups}};
  return op({"conv2d", std::move(name), {x}, {kernel, biases}, attributes}, y);
}

std::int32_t SmallModel::dense(std::string name, std::int32_t x, std::int64_t units) {
  Shape y = shape(x);
  const double limit = std::sqrt(6.0 / static_cast<double>(y.back() + units));
  const std::int32_t kernel = addWeight(name + "/kernel", {y.back(), units}, "uniform", limit);
  const std::int32_t bias = addWeight(name + "/bias", {units}, "zeros");
  y.back() = units;
  return op({"dense", std::move(name), {x}, {kernel, bias}, {}}, y);
}

std::int32_t SmallModel::maxPooling2d(std::string name, std::int32_t x) {
  const Shape& in = shape(x);
  const Attributes attributes{{"poolSize", pair(2)}, {"strides", pair(2)}, {"padding", padding(0)}};
  return op({"maxPooling2d", std::move(name), {x}, {}, attributes}, {in[0] / 2, in[1] / 2, in[2]});
}

std::int32_t SmallModel::batchNormalization(std::string name, std::int32_t x, double momentum) {
  const Shape channels{shape(x).back()};
  const std::vector<std::int32_t> weights{addWeight(name + "/gamma", channels, "ones"),
                                          addWeight(name + "/beta", channels, "zeros"),
                                          addWeight(name + "/movingMean", channels, "zeros"),
                                          addWeight(name + "/movingVariance", channels, "ones")};
  spec.weights[static_cast<std::size_t>(weights[2])].trainable = false;
  spec.weights[static_cast<std::size_t>(weights[3])].trainable = false;
  const Attributes attributes{{"epsilon", 1e-3}, {"momentum", momentum}};
  return op({"batchNormalization", std::move(name), {x}, weights, attributes}, shape(x));
}

std::int32_t SmallModel::activation(std::string name, std::int32_t x, const char* function) {
  return op({"activation", std::move(name), {x}, {}, {{"function", std::string(function)}}},
            shape(x));
}

std::int32_t SmallModel::softmax(std::string name, std::int32_t x) {
  return op({"softmax", std::move(name), {x}, {}, {}}, shape(x));
}

std::int32_t SmallModel::dropout(std::string name, std::int32_t x, double rate) {
  return op({"dropout", std::move(name), {x}, {}, {{"rate", rate}}}, shape(x));
}

std::int32_t SmallModel::flatten(std::string name, std::int32_t x) {
  const std::int64_t count = elementCount(shape(x));
  const AttributeValue flat = std::vector<double>{static_cast<double>(count)};
  return op({"reshape", std::move(name), {x}, {}, {{"shape", flat}}}, {count});
}

ModelSpec smallAlexNet(const std::string& backend, std::uint64_t seed) {
  SmallModel model(backend, seed);
  std::int32_t x = model.input("image", {8, 6, 3});
  x = model.activation("relu1", model.conv2d("conv1", x, 8));
  const Attributes lrn{{"depthRadius", 2.0}, {"bias", 2.0}, {"alpha", 1e-2}, {"beta", 0.75}};
  x = model.op({"localResponseNormalization", "lrn", {x}, {}, lrn}, {8, 6, 8});
  x = model.maxPooling2d("pool1", x);
  x = model.activation("relu2", model.conv2d("conv2", x, 12, true, 2));
  x = model.flatten("flatten", x);
  x = model.dropout("dropout", model.activation("relu3", model.dense("dense1", x, 20)));
  model.output(model.softmax("softmax", model.dense("dense2", x, 3)));
  return std::move(model.spec);
}

ModelSpec smallDense(const std::string& backend, std::uint64_t seed) {
  SmallModel model(backend, seed);
  std::int32_t x = model.input("x", {4});
  x = model.activation("tanh", model.dense("dense1", x, 9), "tanh");
  model.output(model.softmax("softmax", model.dense("dense2", x, 3)));
  return std::move(model.spec);
}

TrainingSpec trainingWith(OptimizerSpec optimizer, std::string loss) {
  TrainingSpec training;
  training.losses.push_back({std::move(loss)});
  if (training.losses[0].type == "sparseCategoricalCrossentropy") {
    training.metrics.push_back({"sparseCategoricalAccuracy", 0, {}, false});
  }
  training.optimizer = std::move(optimizer);
  return training;
}

OptimizerSpec momentumSgd() { return {"sgd", {{"momentum", 0.9}}}; }

OptimizerSpec plainAdam() {
  return {"adam", {{"beta1", 0.9}, {"beta2", 0.999}, {"epsilon", 1e-7}}};
}

Data::Data(std::int64_t rows, std::int64_t rowElements, std::int64_t classes, std::uint32_t seed)
    : rows(rows), rowElements(rowElements) {
  const Values patterns = makeValues({classes, rowElements}, Kind::Normal, seed);
  const Values noise = makeValues({rows, rowElements}, Kind::Normal, seed + 1);
  for (std::int64_t row = 0; row < rows; ++row) {
    labels.push_back(static_cast<std::int32_t>((row * 7 + row / 5) % classes));
    for (std::int64_t i = 0; i < rowElements; ++i) {
      const std::int64_t pattern = labels.back() * rowElements + i;
      x.push_back(static_cast<float>(patterns[static_cast<std::size_t>(pattern)] +
                                     0.3 * noise[static_cast<std::size_t>(row * rowElements + i)]));
    }
  }
}

Batch Data::batch(std::int64_t first, std::int64_t size, bool withTargets) const {
  Batch batch;
  batch.size = size;
  batch.inputs.push_back({x.data(), HostType::Float32, rows, rowElements, nullptr, first, "x"});
  if (withTargets) {
    batch.targets.push_back({labels.data(), HostType::Int32, rows, 1, nullptr, first, "y"});
  }
  return batch;
}

std::vector<std::vector<float>> allWeights(Program& program) {
  std::vector<std::vector<float>> weights;
  for (std::size_t i = 0; i < program.weightCount(); ++i) {
    weights.push_back(program.readWeight(i));
  }
  return weights;
}

}  // namespace node_cudnn::test
