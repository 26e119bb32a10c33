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

void setDouble(Descriptor& descriptor, cudnnBackendAttributeName_t name, double value) {
  descriptor.set(name, CUDNN_TYPE_DOUBLE, 1, &value);
}

cudnnPointwiseMode_t libraryMode(Pointwise function) {
  switch (function) {
    case Pointwise::Add:
      return CUDNN_POINTWISE_ADD;
    case Pointwise::Subtract:
      return CUDNN_POINTWISE_SUB;
    case Pointwise::Multiply:
      return CUDNN_POINTWISE_MUL;
    case Pointwise::ReluForward:
      return CUDNN_POINTWISE_RELU_FWD;
    case Pointwise::TanhForward:
      return CUDNN_POINTWISE_TANH_FWD;
    case Pointwise::SigmoidForward:
      return CUDNN_POINTWISE_SIGMOID_FWD;
    case Pointwise::EluForward:
      return CUDNN_POINTWISE_ELU_FWD;
    case Pointwise::SoftplusForward:
      return CUDNN_POINTWISE_SOFTPLUS_FWD;
    case Pointwise::Identity:
      return CUDNN_POINTWISE_IDENTITY;
    case Pointwise::ReluBackward:
      return CUDNN_POINTWISE_RELU_BWD;
    case Pointwise::TanhBackward:
      return CUDNN_POINTWISE_TANH_BWD;
    case Pointwise::SigmoidBackward:
      return CUDNN_POINTWISE_SIGMOID_BWD;
    case Pointwise::EluBackward:
      return CUDNN_POINTWISE_ELU_BWD;
    case Pointwise::SoftplusBackward:
      break;
  }
  return CUDNN_POINTWISE_SOFTPLUS_BWD;
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

Descriptor makePointwise(Pointwise function, float alpha) {
  Descriptor made(CUDNN_BACKEND_POINTWISE_DESCRIPTOR);
  const cudnnPointwiseMode_t mode = libraryMode(function);
  made.set(CUDNN_ATTR_POINTWISE_MODE, CUDNN_TYPE_POINTWISE_MODE, 1, &mode);
  setComputeType(made, CUDNN_ATTR_POINTWISE_MATH_PREC);
  if (function == Pointwise::EluForward || function == Pointwise::EluBackward) {
    setDouble(made, CUDNN_ATTR_POINTWISE_ELU_ALPHA, alpha);
  } else if (alpha != 0) {
    setDouble(made, CUDNN_ATTR_POINTWISE_RELU_LOWER_CLIP_SLOPE, alpha);
  }
  made.finalize();
  return made;
}

Descriptor makeMatmul() {
  Descriptor made(CUDNN_BACKEND_MATMUL_DESCRIPTOR);
  setComputeType(made, CUDNN_ATTR_MATMUL_COMP_TYPE);
  made.finalize();
  return made;
}

Descriptor makeSum() {
  Descriptor made(CUDNN_BACKEND_REDUCTION_DESCRIPTOR);
  const cudnnReduceTensorOp_t sum = CUDNN_REDUCE_TENSOR_ADD;
  made.set(CUDNN_ATTR_REDUCTION_OPERATOR, CUDNN_TYPE_REDUCTION_OPERATOR_TYPE, 1, &sum);
  setComputeType(made, CUDNN_ATTR_REDUCTION_COMP_TYPE);
  made.finalize();
  return made;
}

}  // namespace node_cudnn::cudnn
