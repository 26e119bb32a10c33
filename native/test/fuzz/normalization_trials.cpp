// Local response normalization, batch normalization, softmax.
#include "op_trial.h"

namespace node_cudnn::fuzz {

namespace {

// [N,...,C] of rank 2 to 4.
Shape anyShape(Random& random) {
  Shape shape{random.batch()};
  const std::int64_t positions = random.pick(std::vector<std::int64_t>{0, 1, 2, 2, 2});
  for (std::int64_t i = 0; i < positions; ++i) shape.push_back(random.between(1, 6));
  shape.push_back(random.channels());
  return shape;
}

Trial response(Random& random) {
  OpBuilder builder(random, "localResponseNormalization");
  const Shape x{random.batch(), random.between(1, 5), random.between(1, 5), random.channels()};
  const Attributes attributes{{"depthRadius", static_cast<double>(random.between(0, 7))},
                              {"bias", random.pick(std::vector<double>{1, 1, 2, 0.5})},
                              {"alpha", random.pick(std::vector<double>{1e-4, 1e-2, 0.5, 1})},
                              {"beta", random.pick(std::vector<double>{0.5, 0.75, 0.75, 1, 0.6})}};
  const OpBuilder::Value from = builder.source(x);
  return builder.finish(builder.sink(builder.op(attributes, {from})));
}

Trial batch(Random& random) {
  OpBuilder builder(random, "batchNormalization");
  const bool training = random.chance(0.6);
  Shape x = anyShape(random);
  // The variance of one value is 0, and that of two leaves little of their gradients.
  if (training) x[0] += 3;
  const Shape channels{x.back()};
  const auto optional = [&](const char* name) {
    return random.chance(0.7) ? builder.weight(name, channels, test::Kind::Positive)
                              : OpBuilder::kAbsent;
  };
  const OpBuilder::Value from = builder.source(x);
  const OpBuilder::Value gamma = optional("gamma");
  const OpBuilder::Value beta = optional("beta");
  const OpBuilder::Value mean = builder.weight("movingMean", channels, test::Kind::Normal, false);
  const OpBuilder::Value variance =
      builder.weight("movingVariance", channels, test::Kind::Positive, false);
  const Attributes attributes{{"epsilon", random.pick(std::vector<double>{1e-3, 1e-2, 0.5})},
                              {"training", training},
                              {"momentum", 0.9}};
  return builder.finish(
      builder.sink(builder.op(attributes, {from, gamma, beta, mean, variance},
                              training ? std::vector<int>{} : std::vector<int>{1, 2})));
}

Trial fold(Random& random) {
  OpBuilder builder(random, "foldBatchNormalization");
  const Shape channels{random.channels()};
  const auto weight = [&](const char* name, bool isThere, test::Kind kind) {
    return isThere ? builder.weight(name, channels, kind, false) : OpBuilder::kAbsent;
  };
  const Shape kernel{random.between(1, 5), random.between(1, 5), random.channels(), channels[0]};
  const OpBuilder::Value from = builder.weight("kernel", kernel, test::Kind::Normal, false);
  const OpBuilder::Value bias = weight("bias", random.chance(0.5), test::Kind::Normal);
  const OpBuilder::Value gamma = weight("gamma", random.chance(0.7), test::Kind::Positive);
  const OpBuilder::Value beta = weight("beta", random.chance(0.7), test::Kind::Normal);
  const OpBuilder::Value mean = weight("movingMean", true, test::Kind::Normal);
  const OpBuilder::Value variance = weight("movingVariance", true, test::Kind::Positive);
  const Attributes attributes{{"epsilon", random.pick(std::vector<double>{1e-3, 1e-2, 0.5})}};
  return builder.finish(
      builder.sink(builder.op(attributes, {from, bias, gamma, beta, mean, variance})));
}

Trial softmax(Random& random) {
  OpBuilder builder(random, "softmax");
  return builder.finish(builder.sink(builder.op({}, {builder.source(anyShape(random))})));
}

const RegisteredGenerators registered{{{"localResponseNormalization", 4, response},
                                       {"batchNormalization", 3, batch},
                                       {"foldBatchNormalization", 1, fold},
                                       {"softmax", 1, softmax}}};

}  // namespace

}  // namespace node_cudnn::fuzz
