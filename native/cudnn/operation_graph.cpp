#include "operation_graph.h"

#include <algorithm>
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

void OperationGraph::pointwise(Pointwise function, Uid x, Uid b, Uid y) {
  Operation made = operation(OperationKind::Pointwise, {x, b}, {y});
  made.pointwise = function;
  add(std::move(made));
}

void OperationGraph::pointwiseBackward(Pointwise function, Uid x, Uid dy, Uid dx) {
  Operation made = operation(OperationKind::PointwiseBackward, {x, dy}, {dx});
  made.pointwise = function;
  add(std::move(made));
}

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

OperationGraph OperationGraph::withOwnBuffers() const {
  OperationGraph bound = *this;
  BufferId next = 0;
  for (GraphTensor& tensor : bound.tensors_) {
    if (!tensor.isVirtual && !tensor.scalar) tensor.buffer = next++;
  }
  return bound;
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

bool OperationGraph::hasProducts() const {
  return std::any_of(operations_.begin(), operations_.end(), [](const Operation& operation) {
    return operation.kind == OperationKind::Convolution ||
           operation.kind == OperationKind::ConvolutionBackwardData ||
           operation.kind == OperationKind::ConvolutionBackwardFilter ||
           operation.kind == OperationKind::Matmul;
  });
}

}  // namespace node_cudnn::cudnn
