// Each op between convolutions, whose formats are blocked by channels on a CPU: with whole blocks
// (32 channels) and with padded ones (20).
#include "numbers.h"
#include "op_case.h"

namespace node_cudnn::test {

namespace {

using Wrapped = std::function<TensorId(Graph&, TensorId, TensorId)>;

Attributes unitConvolution() {
  return {{"strides", list({1, 1})},
          {"padding", list({0, 0, 0, 0})},
          {"dilations", list({1, 1})},
          {"groups", 1.0}};
}

// x through a 1x1 convolution to `channels`, `other` through another, then `op`, then a third
// convolution if `outChannels` is given.
OpCase between(const std::string& name, std::int64_t channels, std::int64_t outChannels,
               const Wrapped& op) {
  OpCase wrapped{name + std::to_string(channels), "graph", {}, {}};
  wrapped.inputs = {
      {"x", {2, 5, 4, 3}},
      {"kernel1", {1, 1, 3, channels}, Role::Weight},
      {"kernel2", {1, 1, 3, channels}, Role::Weight},
      {"kernel3", outChannels > 0 ? Shape{1, 1, outChannels, 20} : Shape{}, Role::Weight}};
  wrapped.build = [op, outChannels](Graph& graph, const std::vector<TensorId>& in) {
    const auto convolve = [&](const char* label, TensorId x, TensorId kernel) {
      return graph.add("conv2d", label, {x, kernel}, unitConvolution()).outputs[0];
    };
    const TensorId one = convolve("one", in[0], in[1]);
    const TensorId result = op(graph, one, convolve("two", in[0], in[2]));
    return outChannels > 0 ? convolve("three", result, in[3]) : result;
  };
  return wrapped;
}

// `op` of one operand; the other branch is added first, so that it too has a gradient.
Wrapped unary(const std::string& type, const Attributes& attributes) {
  return [type, attributes](Graph& graph, TensorId one, TensorId two) {
    const TensorId sum = graph.add("add", "sum", {one, two}).outputs[0];
    return graph.add(type, type, {sum}, attributes).outputs[0];
  };
}

Wrapped concatenation(double axis) {
  return [axis](Graph& graph, TensorId one, TensorId two) {
    return graph.add("concatenate", "join", {one, two}, {{"axis", axis}}).outputs[0];
  };
}

TensorId pooled(Graph& graph, const std::string& name, TensorId x) {
  return graph.add("globalAveragePooling2d", name, {x}).outputs[0];
}

TensorId pooledAndDropped(Graph& graph, TensorId one, TensorId two) {
  const TensorId sum = graph.add("add", "sum", {one, two}).outputs[0];
  return graph
      .add("dropout", "dropout", {pooled(graph, "pool", sum)}, {{"rate", 0.4}, {"stream", 1.0}})
      .outputs[0];
}

TensorId pooledAndJoined(Graph& graph, TensorId one, TensorId two) {
  return graph
      .add("concatenate", "join", {pooled(graph, "pool1", one), pooled(graph, "pool2", two)},
           {{"axis", 1.0}})
      .outputs[0];
}

Attributes window(std::initializer_list<double> padding) {
  return {{"poolSize", list({2, 3})}, {"strides", list({2, 1})}, {"padding", list(padding)}};
}

Attributes response(double radius, double beta) {
  return {{"depthRadius", radius}, {"bias", 1.5}, {"alpha", 0.1}, {"beta", beta}};
}

Attributes function(const char* name) { return {{"function", std::string(name)}, {"alpha", 0.5}}; }

std::vector<OpCase> allBetween(std::int64_t c) {
  return {
      between("BlockedConcatenatedChannels", c, 2 * c, concatenation(3)),
      between("BlockedConcatenatedRows", c, c, concatenation(1)),
      between("BlockedMaxPooling", c, c, unary("maxPooling2d", window({0, 1, 1, 1}))),
      between("BlockedAveragePooling", c, c, unary("averagePooling2d", window({1, 0, 0, 2}))),
      between("BlockedGlobalPooling", c, 0, unary("globalAveragePooling2d", {})),
      between("BlockedGlobalPoolingAndDropout", c, 0, pooledAndDropped),
      between("BlockedGlobalPoolingAndJoin", c, 0, pooledAndJoined),
      between("BlockedResponse", c, c, unary("localResponseNormalization", response(2, 0.75))),
      between("BlockedWideResponse", c, c, unary("localResponseNormalization", response(5, 0.5))),
      between("BlockedSoftmax", c, c, unary("softmax", {})),
      between("BlockedSigmoid", c, c, unary("activation", function("sigmoid"))),
      between("BlockedElu", c, c, unary("activation", function("elu"))),
      between("BlockedSoftplus", c, c, unary("activation", function("softplus"))),
      between("BlockedRescaling", c, c, unary("rescaling", {{"scale", 0.5}, {"offset", 2.0}})),
      between("BlockedFlatten", c, 0,
              unary("reshape", {{"shape", list({20.0 * static_cast<double>(c)})}})),
      between("BlockedDropout", c, c, unary("dropout", {{"rate", 0.4}, {"stream", 1.0}})),
  };
}

const RegisteredCases whole{allBetween(32)};
const RegisteredCases padded{allBetween(20)};

}  // namespace

}  // namespace node_cudnn::test
