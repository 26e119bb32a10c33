// Random models: ops over shared and repeated inputs, losses on some of the values.
#pragma once

#include <string>
#include <vector>

#include "core/graph.h"
#include "core/model_spec.h"
#include "random.h"

namespace node_cudnn::fuzz {

class ModelBuilder {
 public:
  explicit ModelBuilder(Random& random) : random_(random) {}

  void build();

  ModelSpec model;
  TrainingSpec training;
  std::vector<Shape> targets;         // of each output with a loss, without the batch
  std::vector<std::int64_t> classes;  // of each target: labels lie below it; 0: dense

 private:
  static constexpr std::int64_t kMostElements = 4096;  // of a value's row

  std::int32_t add(const std::string& type, const std::vector<std::int32_t>& inputs,
                   const Attributes& attributes, const std::vector<std::int32_t>& weights = {});
  std::int32_t addWeight(const std::string& name, const Shape& shape, const std::string& kind,
                         double limit, bool trainable = true);
  std::int32_t addActivation(std::int32_t x, const std::string& function, double alpha = 0);
  // Without the batch.
  Shape shape(std::int32_t value) const;
  std::int32_t anyValue();
  std::vector<std::int32_t> valuesLike(std::int32_t value, std::size_t axis);
  void addRandomOp();
  void addImageOp(std::int32_t x);
  void addOp(std::int32_t x);
  void addConvolution(std::int32_t x);
  std::int32_t addDense(std::int32_t x, std::int64_t units);
  void addNormalization(std::int32_t x);
  void addJoin(std::int32_t x);
  void addOutput(std::int32_t x);
  void addLoss(std::int32_t output, std::int64_t units);
  void addMetrics(std::int32_t output, std::int64_t units);
  void chooseOptimizer();

  Random& random_;
  Graph shadow_;               // infers the shapes, for one row
  std::vector<TensorId> ids_;  // of the values
  std::vector<TensorId> weightIds_;
};

}  // namespace node_cudnn::fuzz
