// Builds specifications of small models and data to train them on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/model_spec.h"
#include "core/program.h"

namespace node_cudnn::test {

class SmallModel {
 public:
  explicit SmallModel(std::string backend, std::uint64_t seed = 1);

  // Each returns the id of its value.
  std::int32_t input(std::string name, Shape shape);
  std::int32_t conv2d(std::string name, std::int32_t x, std::int64_t filters, bool bias = true,
                      double groups = 1);
  std::int32_t dense(std::string name, std::int32_t x, std::int64_t units);
  std::int32_t maxPooling2d(std::string name, std::int32_t x);
  std::int32_t batchNormalization(std::string name, std::int32_t x, double momentum = 0.9);
  std::int32_t activation(std::string name, std::int32_t x, const char* function = "relu");
  std::int32_t softmax(std::string name, std::int32_t x);
  std::int32_t dropout(std::string name, std::int32_t x, double rate = 0.5);
  std::int32_t flatten(std::string name, std::int32_t x);
  std::int32_t op(OpSpec op, Shape shape);
  void output(std::int32_t value) { spec.outputs.push_back(value); }

  ModelSpec spec;

 private:
  std::int32_t addWeight(std::string name, Shape shape, const char* kind, double limit = 0);
  const Shape& shape(std::int32_t value) const { return shapes_[static_cast<std::size_t>(value)]; }

  std::vector<Shape> shapes_;
};

// 8x6 images of 3 channels, three classes: convolutions (one with groups), LRN, pooling, dropout
// and dense layers, softmax last.
ModelSpec smallAlexNet(const std::string& backend, std::uint64_t seed = 1);

// Two dense layers on rows of 4 values, three classes, softmax last.
ModelSpec smallDense(const std::string& backend, std::uint64_t seed = 1);

TrainingSpec trainingWith(OptimizerSpec optimizer,
                          std::string loss = "sparseCategoricalCrossentropy");
OptimizerSpec momentumSgd();
OptimizerSpec plainAdam();

// Rows whose label can be learned, and the batches over them.
struct Data {
  // Every class has its own pattern, to which noise is added.
  Data(std::int64_t rows, std::int64_t rowElements, std::int64_t classes, std::uint32_t seed = 1);

  Batch batch(std::int64_t first, std::int64_t size, bool withTargets = true) const;

  std::int64_t rows, rowElements;
  std::vector<float> x;
  std::vector<std::int32_t> labels;
};

std::vector<std::vector<float>> allWeights(Program& program);

}  // namespace node_cudnn::test
