#include "operation_graph.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include "core/error.h"

namespace node_cudnn::cudnn {
namespace {

std::vector<std::int64_t> channelsLast(const std::vector<std::int64_t>& dims) {
  std::vector<std::int64_t> strides(dims.size());
  strides[1] = 1;
  std::int64_t step = dims[1];
  for (std::size_t i = dims.size() - 1; i > 1; --i) {
    strides[i] = step;
    step *= dims[i];
  }
  strides[0] = step;
  return strides;
}

// N,C,H,W of [...,C]: axes between the first and the last two are rows of one image.
std::vector<std::int64_t> imageDims(const Shape& shape) {
  if (shape.empty()) return {1, 1, 1, 1};
  const std::size_t rank = shape.size();
  std::int64_t height = 1;
  for (std::size_t i = 1; i + 2 < rank; ++i) height *= shape[i];
  return {rank > 1 ? shape[0] : 1, shape[rank - 1], height, rank > 2 ? shape[rank - 2] : 1};
}

std::string_view toString(Pointwise function) {
  switch (function) {
    case Pointwise::Add:
      return "add";
    case Pointwise::Subtract:
      return "subtract";
    case Pointwise::Multiply:
      return "multiply";
    case Pointwise::ReluForward:
      return "relu";
    case Pointwise::TanhForward:
      return "tanh";
    case Pointwise::SigmoidForward:
      return "sigmoid";
    case Pointwise::EluForward:
      return "elu";
    case Pointwise::SoftplusForward:
      return "softplus";
    case Pointwise::Identity:
      return "cast";
    case Pointwise::ReluBackward:
      return "relu backward";
    case Pointwise::TanhBackward:
      return "tanh backward";
    case Pointwise::SigmoidBackward:
      return "sigmoid backward";
    case Pointwise::EluBackward:
      return "elu backward";
    case Pointwise::SoftplusBackward:
      break;
  }
  return "softplus backward";
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
    case OperationKind::ReduceSum:
      return "sum";
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
    case OperationKind::Pointwise:
    case OperationKind::PointwiseBackward:
      if (operation.alpha != 0) out << " alpha " << std::hexfloat << operation.alpha;
      break;
    default:
      break;
  }
  out << ';';
}

void addOnce(std::vector<BufferId>& buffers, const GraphTensor& tensor) {
  if (tensor.isVirtual || tensor.buffer < 0) return;
  if (std::find(buffers.begin(), buffers.end(), tensor.buffer) == buffers.end()) {
    buffers.push_back(tensor.buffer);
  }
}

Operation operation(OperationKind kind, std::vector<Uid> inputs, std::vector<Uid> outputs) {
  Operation made;
  made.kind = kind;
  made.inputs = std::move(inputs);
  made.outputs = std::move(outputs);
  return made;
}

}  // namespace

Uid OperationGraph::image(std::string name, const Shape& shape, DataType type, BufferId buffer) {
  GraphTensor made;
  made.name = std::move(name);
  made.dims = imageDims(shape);
  made.strides = channelsLast(made.dims);
  made.type = type;
  made.buffer = buffer;
  return tensor(std::move(made));
}

Uid OperationGraph::filter(std::string name, const Shape& shape, DataType type, BufferId buffer) {
  if (shape.size() != 4) {
    throw Error(
        ErrorCode::Internal, "cudnn graph",
        "expected a kernel of rank 4 [kh,kw,C/groups,K], got " + ::node_cudnn::toString(shape));
  }
  GraphTensor made;
  made.name = std::move(name);
  made.dims = {shape[3], shape[2], shape[0], shape[1]};
  made.strides = channelsLast(made.dims);
  made.type = type;
  made.buffer = buffer;
  return tensor(std::move(made));
}

Uid OperationGraph::channels(std::string name, std::int64_t count, DataType type, BufferId buffer) {
  return image(std::move(name), {count}, type, buffer);
}

Uid OperationGraph::matrix(std::string name, std::int64_t rows, std::int64_t columns,
                           bool transposed, DataType type, BufferId buffer) {
  GraphTensor made;
  made.name = std::move(name);
  made.dims = {1, rows, columns};
  made.strides = {rows * columns, transposed ? 1 : columns, transposed ? rows : 1};
  made.type = type;
  made.buffer = buffer;
  return tensor(std::move(made));
}

Uid OperationGraph::tensor(GraphTensor tensor) {
  tensors_.push_back(std::move(tensor));
  return static_cast<Uid>(tensors_.size());
}

Uid OperationGraph::virtualLike(std::string name, Uid like) {
  GraphTensor made;
  made.name = std::move(name);
  made.dims = tensor(like).dims;
  made.strides = tensor(like).strides;
  made.isVirtual = true;
  return tensor(std::move(made));
}

Uid OperationGraph::scalar(std::string name, float value, Uid like) {
  GraphTensor made;
  made.name = std::move(name);
  made.dims.assign(tensor(like).dims.size(), 1);
  made.strides = made.dims;
  made.scalar = value;
  return tensor(std::move(made));
}

void OperationGraph::convolution(Uid x, Uid filter, Uid y, const ConvolutionGeometry& geometry) {
  Operation made = operation(OperationKind::Convolution, {x, filter}, {y});
  made.convolution = geometry;
  add(std::move(made));
}

void OperationGraph::convolutionBackwardData(Uid dy, Uid filter, Uid dx,
                                             const ConvolutionGeometry& geometry) {
  Operation made = operation(OperationKind::ConvolutionBackwardData, {dy, filter}, {dx});
  made.convolution = geometry;
  add(std::move(made));
}

void OperationGraph::convolutionBackwardFilter(Uid x, Uid dy, Uid dfilter,
                                               const ConvolutionGeometry& geometry) {
  Operation made = operation(OperationKind::ConvolutionBackwardFilter, {x, dy}, {dfilter});
  made.convolution = geometry;
  add(std::move(made));
}

void OperationGraph::matmul(Uid a, Uid b, Uid c) {
  add(operation(OperationKind::Matmul, {a, b}, {c}));
}

void OperationGraph::pointwise(Pointwise function, Uid x, Uid b, Uid y, float alpha) {
  Operation made = operation(OperationKind::Pointwise, {x, b}, {y});
  made.pointwise = function;
  made.alpha = alpha;
  add(std::move(made));
}

void OperationGraph::pointwiseBackward(Pointwise function, Uid x, Uid dy, Uid dx, float alpha) {
  Operation made = operation(OperationKind::PointwiseBackward, {x, dy}, {dx});
  made.pointwise = function;
  made.alpha = alpha;
  add(std::move(made));
}

void OperationGraph::reduceSum(Uid x, Uid y) { add(operation(OperationKind::ReduceSum, {x}, {y})); }

void OperationGraph::pool(Uid x, Uid y, Uid index, const PoolingGeometry& geometry) {
  Operation made = operation(OperationKind::Pooling, {x}, {y, index});
  made.pooling = geometry;
  add(std::move(made));
}

void OperationGraph::poolBackward(Uid dy, Uid index, Uid dx, const PoolingGeometry& geometry) {
  Operation made = operation(OperationKind::PoolingBackward, {dy, index}, {dx});
  made.pooling = geometry;
  add(std::move(made));
}

void OperationGraph::batchNormalization(Uid x, Uid gamma, Uid beta, Uid epsilon, Uid y, Uid mean,
                                        Uid inverseDeviation) {
  add(operation(OperationKind::BatchNormalization, {x, gamma, beta, epsilon},
                {y, mean, inverseDeviation}));
}

void OperationGraph::batchNormalizationBackward(Uid x, Uid dy, Uid gamma, Uid mean,
                                                Uid inverseDeviation, Uid dx, Uid dgamma,
                                                Uid dbeta) {
  add(operation(OperationKind::BatchNormalizationBackward, {x, dy, gamma, mean, inverseDeviation},
                {dx, dgamma, dbeta}));
}

std::vector<BufferId> OperationGraph::reads() const {
  std::vector<bool> written(tensors_.size() + 1);
  for (const Operation& operation : operations_) {
    for (const Uid uid : operation.outputs) written[static_cast<std::size_t>(uid)] = true;
  }
  std::vector<BufferId> buffers;
  for (const Operation& operation : operations_) {
    for (const Uid uid : operation.inputs) {
      if (uid != kNone && !written[static_cast<std::size_t>(uid)]) addOnce(buffers, tensor(uid));
    }
  }
  return buffers;
}

std::vector<BufferId> OperationGraph::writes() const {
  std::vector<BufferId> buffers;
  for (const Operation& operation : operations_) {
    for (const Uid uid : operation.outputs) {
      if (uid != kNone) addOnce(buffers, tensor(uid));
    }
  }
  return buffers;
}

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

bool OperationGraph::hasProducts() const {
  return std::any_of(operations_.begin(), operations_.end(), [](const Operation& operation) {
    return operation.kind == OperationKind::Convolution ||
           operation.kind == OperationKind::ConvolutionBackwardData ||
           operation.kind == OperationKind::ConvolutionBackwardFilter ||
           operation.kind == OperationKind::Matmul;
  });
}

}  // namespace node_cudnn::cudnn
