#include "matmul_as_convolution.h"

#include <algorithm>
#include <utility>

namespace node_cudnn::cudnn {
namespace {

bool isMatmul(const Operation& operation) { return operation.kind == OperationKind::Matmul; }

// Whether the memory holds the matrix's columns as its rows.
bool isTransposed(const GraphTensor& matrix) {
  return matrix.strides[1] == 1 && matrix.dims[1] > 1 && matrix.dims[2] > 1;
}

// One image of a pixel for each row of the memory.
void toImages(GraphTensor& matrix) {
  std::int64_t rows = matrix.dims[1];
  std::int64_t columns = matrix.dims[2];
  if (isTransposed(matrix)) std::swap(rows, columns);
  matrix.dims = {rows, columns, 1, 1};
  matrix.strides = {columns, 1, columns, columns};
}

Operation asConvolution(const Operation& matmul, bool transposedA, bool transposedB) {
  Operation made = matmul;
  if (transposedA) {
    // c[k,c] = sum over images of a[.,k] b[.,c]: b is what the convolution read.
    made.kind = OperationKind::ConvolutionBackwardFilter;
    std::swap(made.inputs[0], made.inputs[1]);
  } else {
    made.kind = transposedB ? OperationKind::Convolution : OperationKind::ConvolutionBackwardData;
  }
  return made;
}

}  // namespace

std::optional<OperationGraph> matmulAsConvolution(const OperationGraph& graph) {
  const auto& operations = graph.operations();
  if (std::count_if(operations.begin(), operations.end(), isMatmul) != 1) return std::nullopt;
  const Operation& matmul = *std::find_if(operations.begin(), operations.end(), isMatmul);
  const bool transposedA = isTransposed(graph.tensor(matmul.inputs[0]));
  const bool transposedB = isTransposed(graph.tensor(matmul.inputs[1]));
  if (transposedA && transposedB) return std::nullopt;

  OperationGraph made;
  for (GraphTensor tensor : graph.tensors()) {
    if (tensor.dims.size() != 3 || tensor.dims[0] != 1) return std::nullopt;
    toImages(tensor);
    made.tensor(std::move(tensor));
  }
  for (const Operation& operation : operations) {
    made.add(isMatmul(operation) ? asConvolution(operation, transposedA, transposedB) : operation);
  }
  return made;
}

}  // namespace node_cudnn::cudnn
