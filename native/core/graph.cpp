#include "graph.h"

#include <algorithm>

#include "error.h"
#include "op.h"

namespace node_cudnn {

std::string_view toString(Phase phase) {
  switch (phase) {
    case Phase::Forward:
      return "forward";
    case Phase::Loss:
      return "loss";
    case Phase::Backward:
      return "backward";
    case Phase::Update:
      break;
  }
  return "update";
}

std::string_view Op::type() const { return definition->type; }

std::string Op::place() const { return definition->type + " '" + name + "'"; }

TensorId Graph::addTensor(Tensor tensor) {
  const Shape& shape = tensor.shape;
  if (shape.size() > kMostAxes || std::ranges::any_of(shape, [](auto axis) { return axis < 1; })) {
    throw Error(ErrorCode::Shape, "'" + tensor.name + "'",
                "expected at most " + std::to_string(kMostAxes) + " axes of at least 1, got " +
                    toString(shape));
  }
  elementCount(shape);
  tensors_.push_back(std::move(tensor));
  return static_cast<TensorId>(tensors_.size()) - 1;
}

const Op& Graph::add(std::string_view type, std::string name, std::vector<TensorId> inputs,
                     Attributes attributes, Phase phase, const std::vector<int>& unwanted) {
  Op op{&findOp(type), std::move(name), std::move(inputs), {}, std::move(attributes), phase};
  try {
    std::vector<Tensor> outputs = op.definition->infer(*this, op);
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const bool wanted = std::ranges::find(unwanted, static_cast<int>(i)) == unwanted.end();
      Tensor& output = outputs[i];
      output.name = output.name.empty() ? op.name : op.name + "/" + output.name;
      op.outputs.push_back(wanted ? addTensor(std::move(output)) : kNoTensor);
    }
  } catch (const Error& error) {
    if (error.place() == op.place()) throw;
    throw Error(error.code(), op.place(), error.what());
  }
  ops_.push_back(std::move(op));
  return ops_.back();
}

std::int64_t Graph::readers(TensorId id) const {
  std::int64_t count = std::ranges::count(results, id);
  for (const Op& op : ops_) count += std::ranges::count(op.inputs, id);
  return count;
}

}  // namespace node_cudnn
