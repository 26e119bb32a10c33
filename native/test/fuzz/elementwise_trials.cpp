// Ops that keep the shape: activations, dropout, rescaling, sums.
#include "op_trial.h"

namespace node_cudnn::fuzz {

namespace {

Shape anyShape(Random& random) {
  Shape shape{random.batch()};
  const std::int64_t positions = random.pick(std::vector<std::int64_t>{0, 1, 2, 2, 2});
  for (std::int64_t i = 0; i < positions; ++i) shape.push_back(random.between(1, 7));
  shape.push_back(random.channels());
  return shape;
}

Trial activation(Random& random) {
  OpBuilder builder(random, "activation");
  const std::vector<std::string> functions{"relu", "leakyRelu", "elu",   "sigmoid",
                                           "tanh", "softplus",  "linear"};
  const Attributes attributes{{"function", random.pick(functions)},
                              {"alpha", random.pick(std::vector<double>{0, 0.01, 0.3, 1, 1.5})}};
  const OpBuilder::Value from = builder.source(anyShape(random));
  return builder.finish(builder.sink(builder.op(attributes, {from})));
}

Trial dropout(Random& random) {
  OpBuilder builder(random, "dropout");
  const Attributes attributes{{"rate", random.pick(std::vector<double>{0, 0.1, 0.5, 0.9, 1})},
                              {"stream", static_cast<double>(random.below(100))}};
  const OpBuilder::Value from = builder.source(anyShape(random));
  return builder.finish(builder.sink(builder.op(attributes, {from})));
}

Trial rescaling(Random& random) {
  OpBuilder builder(random, "rescaling");
  const Attributes attributes{{"scale", random.pick(std::vector<double>{1 / 255.0, -2, 1, 3})},
                              {"offset", random.pick(std::vector<double>{0, -0.5, 1})}};
  const OpBuilder::Value from = builder.source(anyShape(random));
  return builder.finish(builder.sink(builder.op(attributes, {from})));
}

// Some inputs occur more than once.
Trial sum(Random& random) {
  OpBuilder builder(random, "add");
  const Shape shape = anyShape(random);
  std::vector<OpBuilder::Value> sources;
  for (std::int64_t i = random.between(1, 3); i > 0; --i) sources.push_back(builder.source(shape));
  std::vector<OpBuilder::Value> inputs;
  for (std::int64_t i = random.between(1, 5); i > 0; --i) inputs.push_back(random.pick(sources));
  // Every source has a gradient.
  inputs.insert(inputs.end(), sources.begin(), sources.end());
  return builder.finish(builder.sink(builder.op({}, inputs)));
}

const RegisteredGenerators registered{{{"activation", 3, activation},
                                       {"dropout", 2, dropout},
                                       {"rescaling", 1, rescaling},
                                       {"add", 2, sum}}};

}  // namespace

}  // namespace node_cudnn::fuzz
