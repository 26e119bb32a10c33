#include "graph_descriptors.h"

#include <functional>
#include <string>
#include <utility>

#include "operation_parameters.h"
#include "status.h"

namespace node_cudnn::cudnn {
namespace {

constexpr std::int64_t kAlignment = 16;

cudnnDataType_t libraryType(DataType type) {
  switch (type) {
    case DataType::Float32:
      return CUDNN_DATA_FLOAT;
    case DataType::BFloat16:
      return CUDNN_DATA_BFLOAT16;
    case DataType::Int8:
      return CUDNN_DATA_INT8;
    case DataType::Int32:
      return CUDNN_DATA_INT32;
    case DataType::Double:
      break;
  }
  return CUDNN_DATA_DOUBLE;
}

void setFloat(Descriptor& descriptor, cudnnBackendAttributeName_t name, float value) {
  descriptor.set(name, CUDNN_TYPE_FLOAT, 1, &value);
}

Descriptor makeTensor(const GraphTensor& tensor, Uid uid) {
  Descriptor made(CUDNN_BACKEND_TENSOR_DESCRIPTOR);
  const cudnnDataType_t type = libraryType(tensor.type);
  made.set(CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_TYPE_DATA_TYPE, 1, &type);
  made.setIntegers(CUDNN_ATTR_TENSOR_DIMENSIONS, tensor.dims);
  made.setIntegers(CUDNN_ATTR_TENSOR_STRIDES, tensor.strides);
  made.setInteger(CUDNN_ATTR_TENSOR_UNIQUE_ID, uid);
  made.setInteger(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, kAlignment);
  const bool yes = true;
  if (tensor.isVirtual) made.set(CUDNN_ATTR_TENSOR_IS_VIRTUAL, CUDNN_TYPE_BOOLEAN, 1, &yes);
  if (tensor.scalar) made.set(CUDNN_ATTR_TENSOR_IS_BY_VALUE, CUDNN_TYPE_BOOLEAN, 1, &yes);
  made.finalize();
  return made;
}

// Makes one operation's descriptors and adds them to the graph's.
class OperationMaker {
 public:
  OperationMaker(const Operation& operation, GraphDescriptors& into)
      : operation_(operation), into_(into) {}

  void make() {
    switch (operation_.kind) {
      case OperationKind::Convolution:
        return convolution();
      case OperationKind::ConvolutionBackwardData:
        return convolutionBackwardData();
      case OperationKind::ConvolutionBackwardFilter:
        return convolutionBackwardFilter();
      case OperationKind::Matmul:
        return matmul();
      case OperationKind::Pointwise:
        return pointwise();
      case OperationKind::PointwiseBackward:
        return pointwiseBackward();
      case OperationKind::Pooling:
        return pooling();
      case OperationKind::PoolingBackward:
        return poolingBackward();
      case OperationKind::BatchNormalization:
        return batchNormalization();
      case OperationKind::BatchNormalizationBackward:
        return batchNormalizationBackward();
    }
  }

 private:
  void convolution() {
    Descriptor made(CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR);
    parameter(made, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC,
              makeConvolution(operation_.convolution));
    input(made, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X, 0);
    input(made, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W, 1);
    output(made, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y, 0);
    setFloat(made, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA, 1);
    setFloat(made, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA, 0);
    add(std::move(made));
  }

  void convolutionBackwardData() {
    Descriptor made(CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR);
    parameter(made, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC,
              makeConvolution(operation_.convolution));
    input(made, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY, 0);
    input(made, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W, 1);
    output(made, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX, 0);
    setFloat(made, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA, 1);
    setFloat(made, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA, 0);
    add(std::move(made));
  }

  void convolutionBackwardFilter() {
    Descriptor made(CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR);
    parameter(made, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC,
              makeConvolution(operation_.convolution));
    input(made, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_X, 0);
    input(made, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DY, 1);
    output(made, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DW, 0);
    setFloat(made, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_ALPHA, 1);
    setFloat(made, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_BETA, 0);
    add(std::move(made));
  }

  void matmul() {
    Descriptor made(CUDNN_BACKEND_OPERATION_MATMUL_DESCRIPTOR);
    parameter(made, CUDNN_ATTR_OPERATION_MATMUL_DESC, makeMatmul());
    input(made, CUDNN_ATTR_OPERATION_MATMUL_ADESC, 0);
    input(made, CUDNN_ATTR_OPERATION_MATMUL_BDESC, 1);
    output(made, CUDNN_ATTR_OPERATION_MATMUL_CDESC, 0);
    add(std::move(made));
  }

  void pointwise() {
    Descriptor made(CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR);
    parameter(made, CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR,
              makePointwise(operation_.pointwise));
    input(made, CUDNN_ATTR_OPERATION_POINTWISE_XDESC, 0);
    input(made, CUDNN_ATTR_OPERATION_POINTWISE_BDESC, 1);
    output(made, CUDNN_ATTR_OPERATION_POINTWISE_YDESC, 0);
    add(std::move(made));
  }

  void pointwiseBackward() {
    Descriptor made(CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR);
    parameter(made, CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR,
              makePointwise(operation_.pointwise));
    input(made, CUDNN_ATTR_OPERATION_POINTWISE_XDESC, 0);
    input(made, CUDNN_ATTR_OPERATION_POINTWISE_DYDESC, 1);
    output(made, CUDNN_ATTR_OPERATION_POINTWISE_DXDESC, 0);
    add(std::move(made));
  }

  void pooling() {
    Descriptor made(CUDNN_BACKEND_OPERATION_RESAMPLE_FWD_DESCRIPTOR);
    parameter(made, CUDNN_ATTR_OPERATION_RESAMPLE_FWD_DESC, makePooling(operation_.pooling));
    input(made, CUDNN_ATTR_OPERATION_RESAMPLE_FWD_XDESC, 0);
    output(made, CUDNN_ATTR_OPERATION_RESAMPLE_FWD_YDESC, 0);
    output(made, CUDNN_ATTR_OPERATION_RESAMPLE_FWD_IDXDESC, 1);
    add(std::move(made));
  }

  void poolingBackward() {
    Descriptor made(CUDNN_BACKEND_OPERATION_RESAMPLE_BWD_DESCRIPTOR);
    parameter(made, CUDNN_ATTR_OPERATION_RESAMPLE_BWD_DESC, makePooling(operation_.pooling));
    input(made, CUDNN_ATTR_OPERATION_RESAMPLE_BWD_DYDESC, 0);
    input(made, CUDNN_ATTR_OPERATION_RESAMPLE_BWD_IDXDESC, 1);
    output(made, CUDNN_ATTR_OPERATION_RESAMPLE_BWD_DXDESC, 0);
    add(std::move(made));
  }

  void batchNormalization() {
    Descriptor made(CUDNN_BACKEND_OPERATION_NORM_FORWARD_DESCRIPTOR);
    const cudnnBackendNormMode_t mode = CUDNN_BATCH_NORM;
    made.set(CUDNN_ATTR_OPERATION_NORM_FWD_MODE, CUDNN_TYPE_NORM_MODE, 1, &mode);
    const cudnnBackendNormFwdPhase_t phase = CUDNN_NORM_FWD_TRAINING;
    made.set(CUDNN_ATTR_OPERATION_NORM_FWD_PHASE, CUDNN_TYPE_NORM_FWD_PHASE, 1, &phase);
    input(made, CUDNN_ATTR_OPERATION_NORM_FWD_XDESC, 0);
    input(made, CUDNN_ATTR_OPERATION_NORM_FWD_SCALE_DESC, 1);
    input(made, CUDNN_ATTR_OPERATION_NORM_FWD_BIAS_DESC, 2);
    input(made, CUDNN_ATTR_OPERATION_NORM_FWD_EPSILON_DESC, 3);
    output(made, CUDNN_ATTR_OPERATION_NORM_FWD_YDESC, 0);
    output(made, CUDNN_ATTR_OPERATION_NORM_FWD_MEAN_DESC, 1);
    output(made, CUDNN_ATTR_OPERATION_NORM_FWD_INV_VARIANCE_DESC, 2);
    add(std::move(made));
  }

  void batchNormalizationBackward() {
    Descriptor made(CUDNN_BACKEND_OPERATION_NORM_BACKWARD_DESCRIPTOR);
    const cudnnBackendNormMode_t mode = CUDNN_BATCH_NORM;
    made.set(CUDNN_ATTR_OPERATION_NORM_BWD_MODE, CUDNN_TYPE_NORM_MODE, 1, &mode);
    input(made, CUDNN_ATTR_OPERATION_NORM_BWD_XDESC, 0);
    input(made, CUDNN_ATTR_OPERATION_NORM_BWD_DYDESC, 1);
    input(made, CUDNN_ATTR_OPERATION_NORM_BWD_SCALE_DESC, 2);
    input(made, CUDNN_ATTR_OPERATION_NORM_BWD_MEAN_DESC, 3);
    input(made, CUDNN_ATTR_OPERATION_NORM_BWD_INV_VARIANCE_DESC, 4);
    output(made, CUDNN_ATTR_OPERATION_NORM_BWD_DXDESC, 0);
    output(made, CUDNN_ATTR_OPERATION_NORM_BWD_DSCALE_DESC, 1);
    output(made, CUDNN_ATTR_OPERATION_NORM_BWD_DBIAS_DESC, 2);
    add(std::move(made));
  }

  void tensor(Descriptor& made, cudnnBackendAttributeName_t name, Uid uid) {
    if (uid == kNone) return;
    made.setDescriptor(name, into_.tensors.at(static_cast<std::size_t>(uid - 1)));
  }
  void input(Descriptor& made, cudnnBackendAttributeName_t name, std::size_t i) {
    tensor(made, name, operation_.inputs.at(i));
  }
  void output(Descriptor& made, cudnnBackendAttributeName_t name, std::size_t i) {
    tensor(made, name, operation_.outputs.at(i));
  }
  void parameter(Descriptor& made, cudnnBackendAttributeName_t name, Descriptor value) {
    made.setDescriptor(name, value);
    into_.parameters.push_back(std::move(value));
  }
  void add(Descriptor made) {
    made.finalize();
    into_.operations.push_back(std::move(made));
  }

  const Operation& operation_;
  GraphDescriptors& into_;
};

// Puts the part of the graph that the library refuses before what it says of it.
void named(const std::string& name, const std::function<void()>& make) {
  try {
    make();
  } catch (const Refused& refused) {
    throw Refused(refused.status(), name + ": " + refused.what());
  }
}

}  // namespace

GraphDescriptors makeDescriptors(const OperationGraph& graph) {
  GraphDescriptors made;
  for (const GraphTensor& tensor : graph.tensors()) {
    const Uid uid = static_cast<Uid>(made.tensors.size()) + 1;
    named("tensor '" + tensor.name + "'", [&] { made.tensors.push_back(makeTensor(tensor, uid)); });
  }
  const std::vector<std::string> nodes = graph.nodes();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    named(nodes[i], [&] { OperationMaker(graph.operations()[i], made).make(); });
  }
  made.graph = Descriptor(CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR);
  made.graph.setDescriptors(CUDNN_ATTR_OPERATIONGRAPH_OPS, made.operations);
  made.graph.finalize();
  return made;
}

}  // namespace node_cudnn::cudnn
