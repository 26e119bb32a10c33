// Trials of single ops and of a few around them: forward and backward, every tensor compared.
#pragma once

#include <string>
#include <vector>

#include "../op_case.h"
#include "trial.h"

namespace node_cudnn::fuzz {

// Builds the case of one op: its inputs come through ops that leave them in one layout or another,
// its output goes on through another.
class OpBuilder {
 public:
  OpBuilder(Random& random, std::string op);

  using Value = std::size_t;  // a tensor that build() will make

  // A tensor of this shape that the op reads: an input of the case, or made from one.
  Value source(const Shape& shape, test::Kind kind = test::Kind::Normal);
  // An input of the case, as it is.
  Value weight(const std::string& name, const Shape& shape, test::Kind kind = test::Kind::Normal,
               bool differentiable = true);
  // An optional input that is left out.
  static constexpr Value kAbsent = static_cast<Value>(-1);
  // The op itself; its first output.
  Value op(const Attributes& attributes, const std::vector<Value>& inputs,
           const std::vector<int>& unwanted = {});
  // Passes the value on through another op, or not.
  Value sink(Value value);

  const Shape& shape(Value value) const { return shapes_[value]; }
  Trial finish(Value output);

 private:
  struct Step {
    std::string type;
    Attributes attributes;
    std::vector<Value> inputs;
    std::vector<int> unwanted;
    Value output = 0;
  };

  Value input(const std::string& name, const Shape& shape, Role role, test::Kind kind,
              bool differentiable);
  Value add(const std::string& type, const std::vector<Value>& inputs, const Attributes& attributes,
            const std::vector<int>& unwanted = {});
  Value image(const Shape& shape);
  Value rows(const Shape& shape);
  Value passedOn(Value value);

  Random& random_;
  std::string op_;
  bool plainOp_ = true;  // nothing but the op
  Graph shadow_;         // infers the shapes
  std::vector<TensorId> shadowIds_;
  std::vector<Shape> shapes_;
  std::vector<test::CaseInput> inputs_;
  std::vector<Value> inputValues_;
  std::vector<Step> steps_;
};

}  // namespace node_cudnn::fuzz
