// A Graph is an ordered list of ops over numbered tensors with static shapes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "attributes.h"
#include "shape.h"

namespace node_cudnn {

struct OpDefinition;

using TensorId = std::int32_t;
inline constexpr TensorId kNoTensor = -1;  // an optional input that is absent, an unwanted output

enum class ElementType {
  Float,    // the backend's compute type (f32 on a CPU, f64 in the reference)
  Integer,  // int32: class labels
  Double,   // accumulators and norms
  Opaque,   // bytes only the backend that made them can read (pooling's argmax, LRN's workspace)
};

enum class Role {
  Input,   // written by the host before a step, in plain channels-last order
  Target,  // the same, for losses and metrics
  SampleWeight,
  Weight,          // parameters and moving statistics; persistent, see Tensor::slot
  OptimizerState,  // persistent
  Accumulator,     // persistent Double pair {sum, count} that losses and metrics add to
  Activation,
  Gradient,
  Internal,  // norms and workspaces
};

struct Tensor {
  std::string name;
  Shape shape;
  ElementType type = ElementType::Float;
  Role role = Role::Activation;
  // Index of the persistent memory that holds it across steps and graphs, or -1.
  std::int32_t slot = -1;
};

enum class Phase { Forward, Loss, Backward, Update };
std::string_view toString(Phase phase);

struct Op {
  const OpDefinition* definition = nullptr;
  std::string name;  // "conv1", "conv1/backwardWeights"
  std::vector<TensorId> inputs;
  std::vector<TensorId> outputs;
  Attributes attributes;
  Phase phase = Phase::Forward;

  std::string_view type() const;
  // "conv2d 'conv1'": the place that errors name.
  std::string place() const;
};

class Graph {
 public:
  TensorId addTensor(Tensor tensor);

  // Infers the outputs from the definition registered under `type`, adds them and the op.
  // Output tensors are named after the op; those listed in `unwanted` (by position) are not made.
  // Throws Error(Option) for an unknown type, Error(Shape) when the inputs do not fit.
  const Op& add(std::string_view type, std::string name, std::vector<TensorId> inputs,
                Attributes attributes = {}, Phase phase = Phase::Forward,
                const std::vector<int>& unwanted = {});

  const Tensor& tensor(TensorId id) const { return tensors_.at(static_cast<std::size_t>(id)); }
  Tensor& tensor(TensorId id) { return tensors_.at(static_cast<std::size_t>(id)); }
  const Shape& shape(TensorId id) const { return tensor(id).shape; }
  const std::vector<Tensor>& tensors() const { return tensors_; }

  const std::vector<Op>& ops() const { return ops_; }
  std::vector<Op>& ops() { return ops_; }

  // How often ops read the tensor, and the host after the last of them.
  std::int64_t readers(TensorId id) const;

  // Tensors that the host reads after the last op.
  std::vector<TensorId> results;

 private:
  std::vector<Tensor> tensors_;
  std::vector<Op> ops_;
};

}  // namespace node_cudnn
