// A cuDNN operation graph in the making: tensors, then the operations between them. It is plain
// data until planner.h hands it to the library, so that it can be compared, named and hashed.
// cuDNN names dimensions N,C,H,W whatever their order in memory; strides tell that order.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/backend.h"
#include "core/shape.h"
#include "data_type.h"

namespace node_cudnn::cudnn {

using Uid = std::int64_t;  // of a tensor within its graph, from 1 on
inline constexpr Uid kNone = 0;

struct GraphTensor {
  std::string name;
  std::vector<std::int64_t> dims;
  std::vector<std::int64_t> strides;
  DataType type = DataType::Float32;
  bool isVirtual = false;       // never in memory: between two fused operations
  std::optional<float> scalar;  // a constant, passed by value
  BufferId buffer = -1;         // what it is bound to; -1 for virtual tensors and scalars
};

// Spatial axes are [height, width].
struct ConvolutionGeometry {
  std::array<std::int64_t, 2> strides{1, 1};
  std::array<std::int64_t, 2> dilations{1, 1};
  std::array<std::int64_t, 2> before{0, 0};  // padding: top, left
  std::array<std::int64_t, 2> after{0, 0};   // bottom, right
};

enum class PoolingMode { Max, AverageExcludingPadding };

struct PoolingGeometry {
  PoolingMode mode = PoolingMode::Max;
  std::array<std::int64_t, 2> window{1, 1};
  std::array<std::int64_t, 2> strides{1, 1};
  std::array<std::int64_t, 2> before{0, 0};
  std::array<std::int64_t, 2> after{0, 0};
};

enum class Pointwise {
  // y = f(x) or f(x, b); b broadcasts over dims of 1.
  Add,
  Multiply,
  ReluForward,
  Identity,  // a cast
  // dx = g(dy, y), y of the forward operation.
  ReluBackward,
};

enum class OperationKind {
  Convolution,
  ConvolutionBackwardData,
  ConvolutionBackwardFilter,
  Matmul,
  Pointwise,
  PointwiseBackward,
  Pooling,
  PoolingBackward,
  BatchNormalization,
  BatchNormalizationBackward,
};

struct Operation {
  OperationKind kind = OperationKind::Pointwise;
  std::vector<Uid> inputs;  // kNone where absent; the order is that of the method that adds it
  std::vector<Uid> outputs;
  ConvolutionGeometry convolution;
  PoolingGeometry pooling;
  Pointwise pointwise = Pointwise::Identity;
};

class OperationGraph {
 public:
  // An activation [...,C] (NHWC for rank 4; a row [N,C] becomes [N,C,1,1]), bound to a buffer.
  Uid image(std::string name, const Shape& shape, DataType type, BufferId buffer);
  // A convolution's kernel of shape [kh,kw,C/groups,K], lying as K,kh,kw,C/groups.
  Uid filter(std::string name, const Shape& shape, DataType type, BufferId buffer);
  // [1,C,1,1]: a bias, a statistic.
  Uid channels(std::string name, std::int64_t count, DataType type, BufferId buffer);
  // [1,rows,columns]; transposed: the memory holds [columns,rows].
  Uid matrix(std::string name, std::int64_t rows, std::int64_t columns, bool transposed,
             DataType type, BufferId buffer);
  // Any other view.
  Uid tensor(GraphTensor tensor);
  // A virtual float32 tensor of the same dims and strides.
  Uid virtualLike(std::string name, Uid like);
  // A constant with as many dims (of 1) as `like`.
  Uid scalar(std::string name, float value, Uid like);

  void convolution(Uid x, Uid filter, Uid y, const ConvolutionGeometry& geometry);
  void convolutionBackwardData(Uid dy, Uid filter, Uid dx, const ConvolutionGeometry& geometry);
  void convolutionBackwardFilter(Uid x, Uid dy, Uid dfilter, const ConvolutionGeometry& geometry);
  void matmul(Uid a, Uid b, Uid c);
  // b: kNone for the functions of one operand.
  void pointwise(Pointwise function, Uid x, Uid b, Uid y);
  void pointwiseBackward(Pointwise function, Uid x, Uid dy, Uid dx);
  // index: Int8 positions within the window, or kNone.
  void pool(Uid x, Uid y, Uid index, const PoolingGeometry& geometry);
  void poolBackward(Uid dy, Uid index, Uid dx, const PoolingGeometry& geometry);
  // Statistics of the batch; mean and inverse standard deviation are float32 [1,C,1,1].
  void batchNormalization(Uid x, Uid gamma, Uid beta, Uid epsilon, Uid y, Uid mean,
                          Uid inverseDeviation);
  void batchNormalizationBackward(Uid x, Uid dy, Uid gamma, Uid mean, Uid inverseDeviation, Uid dx,
                                  Uid dgamma, Uid dbeta);

  // One more operation between tensors of this graph.
  void add(Operation operation) { operations_.push_back(std::move(operation)); }

  const std::vector<GraphTensor>& tensors() const { return tensors_; }
  const GraphTensor& tensor(Uid uid) const {
    return tensors_.at(static_cast<std::size_t>(uid - 1));
  }
  const std::vector<Operation>& operations() const { return operations_; }

  // The same, each tensor in memory with a buffer of its own, from 0 on.
  OperationGraph withOwnBuffers() const;

  // Buffers of the non-virtual tensors that no operation writes, and of those that one writes.
  std::vector<BufferId> reads() const;
  std::vector<BufferId> writes() const;

  // Everything that decides a plan, as text: equal graphs have equal keys, whatever the names and
  // buffers of their tensors.
  std::string key() const;
  // "convolution + add + relu [128,55,55,96] bf16": for explain() and errors.
  std::string describe() const;
  // "convolution", "add", "relu": one for each operation.
  std::vector<std::string> nodes() const;
  // Whether an operation multiplies matrices or convolves.
  bool hasProducts() const;

 private:
  std::vector<GraphTensor> tensors_;
  std::vector<Operation> operations_;
};

}  // namespace node_cudnn::cudnn
