// A model as it crosses the seam: forward ops over numbered values, without the batch axis.
// Value ids: inputs first (0 ... inputs-1), then the output of each op in order.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "attributes.h"
#include "shape.h"

namespace node_cudnn {

struct InputSpec {
  std::string name;
  Shape shape;  // without the batch axis
};

// kind: zeros, ones, constant {value}, uniform {minimum, maximum}, normal and truncatedNormal
// {mean, stddev} (truncated: redrawn outside two standard deviations); those that draw may have a
// {seed} of their own.
struct InitializerSpec {
  std::string kind = "zeros";
  Attributes attributes;
};

struct WeightSpec {
  std::string name;  // "conv1/kernel"
  Shape shape;
  InitializerSpec initializer;
  bool trainable = true;  // false: frozen, or moving statistics
  double l1 = 0;
  double l2 = 0;
  std::int64_t id = -1;  // in the store, where programs share it; -1: of this program alone
};

struct OpSpec {
  std::string type;
  std::string name;
  std::vector<std::int32_t> inputs;   // value ids
  std::vector<std::int32_t> weights;  // indices into ModelSpec::weights, -1 where absent
  Attributes attributes;
};

struct ModelSpec {
  std::string backend = "cpu";
  Attributes backendOptions;
  std::uint64_t seed = 0;
  std::vector<InputSpec> inputs;
  std::vector<WeightSpec> weights;
  std::vector<OpSpec> ops;
  std::vector<std::int32_t> outputs;  // value ids
};

struct MetricSpec {
  std::string type;  // an accuracy or a loss op of docs/ops.md
  std::int32_t output = 0;
  Attributes attributes;
  bool weighted = false;  // multiplies by the sample weights
};

// Loss of one output; type is categoricalCrossentropy, sparseCategoricalCrossentropy,
// binaryCrossentropy, meanSquaredError or meanAbsoluteError, or empty: no loss on this output.
struct LossSpec {
  std::string type;
  double weight = 1;
  bool fromLogits = false;
};

struct OptimizerSpec {
  std::string type;  // sgd, adam
  Attributes attributes;
};

struct TrainingSpec {
  std::vector<LossSpec> losses;  // one for each output
  std::vector<MetricSpec> metrics;
  OptimizerSpec optimizer;
};

}  // namespace node_cudnn
