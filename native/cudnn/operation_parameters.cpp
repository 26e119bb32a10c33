#include "operation_parameters.h"

#include <array>

namespace node_cudnn::cudnn {
namespace {

void setComputeType(Descriptor& descriptor, cudnnBackendAttributeName_t name) {
  const cudnnDataType_t type = CUDNN_DATA_FLOAT;
  descriptor.set(name, CUDNN_TYPE_DATA_TYPE, 1, &type);
}

void setFractions(Descriptor& descriptor, cudnnBackendAttributeName_t name,
                  const std::array<std::int64_t, 2>& values) {
  const std::array<cudnnFraction_t, 2> fractions{{{values[0], 1}, {values[1], 1}}};
  descriptor.set(name, CUDNN_TYPE_FRACTION, 2, fractions.data());
}

cudnnPointwiseMode_t libraryMode(Pointwise function) {
  switch (function) {
    case Pointwise::Add:
      return CUDNN_POINTWISE_ADD;
    case Pointwise::Multiply:
      return CUDNN_POINTWISE_MUL;
    case Pointwise::ReluForward:
      return CUDNN_POINTWISE_RELU_FWD;
    case Pointwise::Identity:
      return CUDNN_POINTWISE_IDENTITY;
    case Pointwise::ReluBackward:
      break;
  }
  return CUDNN_POINTWISE_RELU_BWD;
}

}  // namespace

Descriptor makeConvolution(const ConvolutionGeometry& geometry) {
  Descriptor made(CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR);
  setComputeType(made, CUDNN_ATTR_CONVOLUTION_COMP_TYPE);
  const cudnnConvolutionMode_t mode = CUDNN_CROSS_CORRELATION;
  made.set(CUDNN_ATTR_CONVOLUTION_CONV_MODE, CUDNN_TYPE_CONVOLUTION_MODE, 1, &mode);
  made.setInteger(CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, 2);
  made.setIntegers(CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, geometry.strides);
  made.setIntegers(CUDNN_ATTR_CONVOLUTION_DILATIONS, geometry.dilations);
  made.setIntegers(CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, geometry.before);
  made.setIntegers(CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, geometry.after);
  made.finalize();
  return made;
}

Descriptor makePooling(const PoolingGeometry& geometry) {
  const bool max = geometry.mode == PoolingMode::Max;
  Descriptor made(CUDNN_BACKEND_RESAMPLE_DESCRIPTOR);
  const cudnnResampleMode_t mode =
      max ? CUDNN_RESAMPLE_MAXPOOL : CUDNN_RESAMPLE_AVGPOOL_EXCLUDE_PADDING;
  made.set(CUDNN_ATTR_RESAMPLE_MODE, CUDNN_TYPE_RESAMPLE_MODE, 1, &mode);
  setComputeType(made, CUDNN_ATTR_RESAMPLE_COMP_TYPE);
  const cudnnPaddingMode_t padding = max ? CUDNN_NEG_INF_PAD : CUDNN_ZERO_PAD;
  made.set(CUDNN_ATTR_RESAMPLE_PADDING_MODE, CUDNN_TYPE_PADDING_MODE, 1, &padding);
  const cudnnNanPropagation_t nan = CUDNN_PROPAGATE_NAN;
  made.set(CUDNN_ATTR_RESAMPLE_NAN_PROPAGATION, CUDNN_TYPE_NAN_PROPOGATION, 1, &nan);
  made.setInteger(CUDNN_ATTR_RESAMPLE_SPATIAL_DIMS, 2);
  setFractions(made, CUDNN_ATTR_RESAMPLE_WINDOW_DIMS, geometry.window);
  setFractions(made, CUDNN_ATTR_RESAMPLE_STRIDES, geometry.strides);
  setFractions(made, CUDNN_ATTR_RESAMPLE_PRE_PADDINGS, geometry.before);
  setFractions(made, CUDNN_ATTR_RESAMPLE_POST_PADDINGS, geometry.after);
  made.finalize();
  return made;
}

Descriptor makePointwise(Pointwise function) {
  Descriptor made(CUDNN_BACKEND_POINTWISE_DESCRIPTOR);
  const cudnnPointwiseMode_t mode = libraryMode(function);
  made.set(CUDNN_ATTR_POINTWISE_MODE, CUDNN_TYPE_POINTWISE_MODE, 1, &mode);
  setComputeType(made, CUDNN_ATTR_POINTWISE_MATH_PREC);
  made.finalize();
  return made;
}

Descriptor makeMatmul() {
  Descriptor made(CUDNN_BACKEND_MATMUL_DESCRIPTOR);
  setComputeType(made, CUDNN_ATTR_MATMUL_COMP_TYPE);
  made.finalize();
  return made;
}

}  // namespace node_cudnn::cudnn
