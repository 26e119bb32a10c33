// An operation graph in words: its key, its description, and the names of its nodes.
#include <ostream>
#include <sstream>

#include "operation_graph.h"

namespace node_cudnn::cudnn {
namespace {

std::string_view toString(Pointwise function) {
  switch (function) {
    case Pointwise::Add:
      return "add";
    case Pointwise::Multiply:
      return "multiply";
    case Pointwise::ReluForward:
      return "relu";
    case Pointwise::Identity:
      return "cast";
    case Pointwise::ReluBackward:
      break;
  }
  return "relu backward";
}

std::string node(const Operation& operation) {
  const bool max = operation.pooling.mode == PoolingMode::Max;
  switch (operation.kind) {
    case OperationKind::Convolution:
      return "convolution";
    case OperationKind::ConvolutionBackwardData:
      return "convolution backward data";
    case OperationKind::ConvolutionBackwardFilter:
      return "convolution backward filter";
    case OperationKind::Matmul:
      return "matmul";
    case OperationKind::Pointwise:
    case OperationKind::PointwiseBackward:
      return std::string(toString(operation.pointwise));
    case OperationKind::Pooling:
      return max ? "max pooling" : "average pooling";
    case OperationKind::PoolingBackward:
      return max ? "max pooling backward" : "average pooling backward";
    case OperationKind::BatchNormalization:
      return "batch normalization";
    case OperationKind::BatchNormalizationBackward:
      break;
  }
  return "batch normalization backward";
}

// The shape as the rest of the product writes it: channels last, a row without its axes of 1.
Shape plainShape(const GraphTensor& tensor) {
  const std::vector<std::int64_t>& dims = tensor.dims;
  if (dims.size() != 4) return dims.size() == 3 ? Shape{dims[1], dims[2]} : Shape(dims);
  if (dims[2] == 1 && dims[3] == 1) return {dims[0], dims[1]};
  return {dims[0], dims[2], dims[3], dims[1]};
}

template <typename Range>
void write(std::ostream& out, const Range& values) {
  const char* separator = "";
  for (const auto value : values) {
    out << separator << value;
    separator = ",";
  }
}

void writeTensor(std::ostream& out, const GraphTensor& tensor) {
  out << toString(tensor.type);
  if (tensor.isVirtual) out << " virtual";
  // Its value is given when the plan is executed.
  if (tensor.scalar) out << " scalar";
  out << " [";
  write(out, tensor.dims);
  out << "](";
  write(out, tensor.strides);
  out << ");";
}

void writeOperation(std::ostream& out, const Operation& operation) {
  out << node(operation) << ' ';
  write(out, operation.inputs);
  out << '>';
  write(out, operation.outputs);
  switch (operation.kind) {
    case OperationKind::Convolution:
    case OperationKind::ConvolutionBackwardData:
    case OperationKind::ConvolutionBackwardFilter:
      for (const auto& axes : {operation.convolution.strides, operation.convolution.dilations,
                               operation.convolution.before, operation.convolution.after}) {
        out << ' ';
        write(out, axes);
      }
      break;
    case OperationKind::Pooling:
    case OperationKind::PoolingBackward:
      for (const auto& axes : {operation.pooling.window, operation.pooling.strides,
                               operation.pooling.before, operation.pooling.after}) {
        out << ' ';
        write(out, axes);
      }
      break;
    default:
      break;
  }
  out << ';';
}

}  // namespace

std::string OperationGraph::key() const {
  std::ostringstream out;
  for (const GraphTensor& tensor : tensors_) writeTensor(out, tensor);
  for (const Operation& operation : operations_) writeOperation(out, operation);
  return out.str();
}

std::string OperationGraph::describe() const {
  std::string text;
  for (const std::string& name : nodes()) {
    if (!text.empty()) text += " + ";
    text += name;
  }
  if (operations_.empty()) return text;
  const GraphTensor& result = tensor(operations_.back().outputs.front());
  return text + ' ' + ::node_cudnn::toString(plainShape(result)) + ' ' +
         std::string(toString(result.type));
}

std::vector<std::string> OperationGraph::nodes() const {
  std::vector<std::string> names;
  for (const Operation& operation : operations_) names.push_back(node(operation));
  return names;
}

}  // namespace node_cudnn::cudnn
