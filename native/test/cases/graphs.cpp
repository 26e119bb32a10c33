// Several ops at once: tensors that two ops read, results that may be written over their inputs,
// and changes of layout between ops.
#include "../numbers.h"
#include "../op_case.h"

namespace node_cudnn::test {

namespace {

using Inputs = std::vector<TensorId>;

Attributes convolution(double groups = 1) {
  return {{"strides", list({1, 1})},
          {"padding", list({1, 1, 1, 1})},
          {"dilations", list({1, 1})},
          {"groups", groups}};
}

Attributes pooling() {
  return {{"poolSize", list({3, 3})}, {"strides", list({2, 2})}, {"padding", list({0, 0, 0, 0})}};
}

TensorId activation(Graph& graph, const std::string& name, TensorId x, const char* function) {
  return graph.add("activation", name, {x}, {{"function", std::string(function)}}).outputs[0];
}

// One tensor read by a convolution, an activation and a sum.
TensorId residual(Graph& graph, const Inputs& in) {
  const TensorId inner = graph.add("conv2d", "inner", {in[0], in[1]}, convolution()).outputs[0];
  const TensorId bent = activation(graph, "bent", in[0], "tanh");
  return graph.add("add", "sum", {inner, bent, in[0]}).outputs[0];
}

TensorId addedToItself(Graph& graph, const Inputs& in) {
  const TensorId x = activation(graph, "bent", in[0], "sigmoid");
  return graph.add("add", "sum", {x, x}).outputs[0];
}

// The sum may be written over an input only where that is not read again.
TensorId addedRepeatedly(Graph& graph, const Inputs& in) {
  const TensorId a = activation(graph, "a", in[0], "sigmoid");
  const TensorId b = activation(graph, "b", in[0], "tanh");
  const TensorId thrice = graph.add("add", "thrice", {a, a, a}).outputs[0];
  const TensorId mixed = graph.add("add", "mixed", {b, thrice, b}).outputs[0];
  return graph.add("add", "last", {mixed, mixed, mixed, mixed}).outputs[0];
}

// The same memory under two names.
TensorId addedToItsReshape(Graph& graph, const Inputs& in) {
  const TensorId a = activation(graph, "a", in[0], "sigmoid");
  const TensorId b = activation(graph, "b", in[0], "tanh");
  const TensorId same = graph.add("reshape", "same", {a}, {{"shape", list({7})}}).outputs[0];
  return graph.add("add", "sum", {a, b, same}).outputs[0];
}

TensorId elementwiseChain(Graph& graph, const Inputs& in) {
  TensorId x = in[0];
  for (const char* function : {"tanh", "relu", "sigmoid", "elu", "softplus", "leakyRelu"}) {
    x = activation(graph, function, x, function);
  }
  x = graph.add("rescaling", "rescaling", {x}, {{"scale", 3.0}, {"offset", 0.25}}).outputs[0];
  x = graph.add("dropout", "dropout", {x}, {{"rate", 0.5}, {"stream", 2.0}}).outputs[0];
  return graph.add("softmax", "softmax", {x}).outputs[0];
}

TensorId convolutionBlock(Graph& graph, const Inputs& in) {
  TensorId x = graph.add("conv2d", "conv1", {in[0], in[1], in[2]}, convolution()).outputs[0];
  x = activation(graph, "relu1", x, "relu");
  const Attributes lrn{{"depthRadius", 2.0}, {"bias", 2.0}, {"alpha", 0.1}, {"beta", 0.75}};
  x = graph.add("localResponseNormalization", "lrn", {x}, lrn).outputs[0];
  x = graph.add("maxPooling2d", "pool", {x}, pooling()).outputs[0];
  x = graph.add("conv2d", "conv2", {x, in[3]}, convolution(2)).outputs[0];
  x = activation(graph, "relu2", x, "relu");
  x = graph.add("reshape", "flatten", {x}, {{"shape", list({2 * 3 * 6})}}).outputs[0];
  return graph.add("dense", "dense", {x, in[4]}).outputs[0];
}

// The same kernel in two convolutions, joined along the channels.
TensorId sharedKernel(Graph& graph, const Inputs& in) {
  const TensorId first = graph.add("conv2d", "first", {in[0], in[1]}, convolution()).outputs[0];
  const TensorId second = graph.add("conv2d", "second", {first, in[1]}, convolution()).outputs[0];
  return graph.add("concatenate", "join", {second, in[0], first}, {{"axis", 3.0}}).outputs[0];
}

TensorId twoReadersOfAPool(Graph& graph, const Inputs& in) {
  const TensorId pooled = graph.add("maxPooling2d", "pool", {in[0]}, pooling()).outputs[0];
  const TensorId flat =
      graph.add("reshape", "flatten", {pooled}, {{"shape", list({3 * 2 * 4})}}).outputs[0];
  const TensorId bent = activation(graph, "bent", flat, "tanh");
  return graph.add("concatenate", "join", {flat, bent}, {{"axis", 1.0}}).outputs[0];
}

const RegisteredCases cases{{
    {"Residual", "graph", {{"x", {2, 5, 4, 6}}, {"kernel", {3, 3, 6, 6}, Role::Weight}}, residual},
    {"AddedToItself", "graph", {{"x", {3, 7}}}, addedToItself},
    {"AddedRepeatedly", "graph", {{"x", {3, 7}}}, addedRepeatedly},
    {"AddedToItsReshape", "graph", {{"x", {3, 7}}}, addedToItsReshape},
    {"ElementwiseChain", "graph", {{"x", {3, 11}}}, elementwiseChain},
    {"ElementwiseChainOfImages", "graph", {{"x", {2, 3, 2, 5}}}, elementwiseChain},
    {"ConvolutionBlock",
     "graph",
     {{"x", {2, 5, 7, 3}},
      {"kernel1", {3, 3, 3, 8}, Role::Weight},
      {"bias1", {8}, Role::Weight},
      {"kernel2", {3, 3, 4, 6}, Role::Weight},
      {"dense", {36, 5}, Role::Weight}},
     convolutionBlock},
    {"SharedKernel",
     "graph",
     {{"x", {2, 4, 5, 4}}, {"kernel", {3, 3, 4, 4}, Role::Weight}},
     sharedKernel},
    {"TwoReadersOfAPool",
     "graph",
     {{"x", {2, 7, 5, 4}, Role::Input, Kind::Distinct}},
     twoReadersOfAPool},
}};

}  // namespace

}  // namespace node_cudnn::test
