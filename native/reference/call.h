// One op at work: its operands as plain row-major arrays, its attributes and the step's state.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/backend.h"
#include "core/graph.h"

namespace node_cudnn::reference {

// A tensor's address and shape; `data` is null when the optional tensor is absent.
struct Operand {
  void* data = nullptr;
  Shape shape;
  ElementType type = ElementType::Float;
  std::int64_t count = 0;

  bool present() const { return data != nullptr; }
  // Float and Double tensors alike are stored as double.
  double* numbers() const { return static_cast<double*>(data); }
  const std::int32_t* integers() const { return static_cast<const std::int32_t*>(data); }
  // Opaque tensors hold eight bytes for each element of the op's first output.
  std::int64_t* positions() const { return static_cast<std::int64_t*>(data); }
  std::int64_t axis(std::size_t index) const { return shape.at(index); }
  std::int64_t lastAxis() const { return shape.empty() ? 1 : shape.back(); }
  // A value of a Float, Double or Integer tensor.
  double value(std::int64_t index) const {
    return type == ElementType::Integer ? static_cast<double>(integers()[index]) : numbers()[index];
  }
};

class Rounding;

struct Call {
  Op op;
  std::vector<Operand> inputs;
  std::vector<Operand> outputs;
  StepState state;
  Rounding* rounding = nullptr;  // null: exact

  const Attributes& attributes() const { return op.attributes; }

  // A sum of this many terms that the op goes on with, as single precision would keep it.
  double kept(double sum, std::int64_t terms) const;

  // Absent when the op has fewer inputs or outputs.
  Operand input(std::size_t index) const {
    return index < inputs.size() ? inputs[index] : Operand{};
  }
  Operand output(std::size_t index) const {
    return index < outputs.size() ? outputs[index] : Operand{};
  }
};

}  // namespace node_cudnn::reference
